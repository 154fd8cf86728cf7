"""The peer of `bench/pages.py`: Django's ListView over the same table, with a page of plain rows."""

from collections.abc import Callable

import django
from django.conf import settings
from django.urls import path
from sqlalchemy import URL, make_url

TEMPLATE = """<!doctype html><html lang="zh-CN"><head><title>Projects</title></head><body><h1>Projects</h1>
<p>{{ paginator.count }}</p><table>{% for c in object_list %}<tr><td>{{ c.project_number }}</td>
<td><a href="/projects/{{ c.project_number }}">{{ c.name }}</a></td><td>{{ c.district_code }}</td>
<td>{{ c.scheme }}</td><td>{{ c.area_mu }}</td><td>{{ c.registered_on|date:"Y-m-d" }}</td>
<td>{{ c.state }}</td></tr>{% endfor %}</table>
{% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">Next</a>{% endif %}</body></html>"""

urlpatterns: list[object] = []


def connection_of(address: str) -> dict[str, object]:
    """Django's words for one of our database addresses."""
    url: URL = make_url(address)
    if url.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.database}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": url.query["host"],
    }


def lists(addresses: dict[str, str]) -> dict[str, Callable[[str], int]]:
    """For each database (name → address) a reader of the list: query string in, status out."""
    databases = {name: {**connection_of(address), "CONN_MAX_AGE": None} for name, address in addresses.items()}
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}, **databases},
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="only for measuring",
        USE_TZ=True,
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"list.html": TEMPLATE})]},
            }
        ],
    )
    django.setup()
    from django.db import models
    from django.test import Client
    from django.views.generic import ListView

    class Case(models.Model):
        project_number = models.CharField(max_length=60)
        name = models.CharField(max_length=200)
        scheme = models.CharField(max_length=40)
        district_code = models.CharField(max_length=6)
        area_mu = models.DecimalField(max_digits=14, decimal_places=4)
        state = models.CharField(max_length=40)
        registered_on = models.DateField(null=True)

        class Meta:
            managed = False
            db_table = "cases"
            app_label = "bench"

    class Projects(ListView):
        template_name = "list.html"
        paginate_by = 20

        def get_queryset(self) -> object:
            found = Case.objects.using(self.kwargs["library"]).filter(registered_on__isnull=False)
            if q := self.request.GET.get("q"):
                found = found.filter(name__icontains=q)
            return found.order_by("-registered_on", "-project_number")

    urlpatterns.append(path("<library>/", Projects.as_view()))
    client = Client()
    return {name: lambda query, name=name: client.get(f"/{name}/?{query}").status_code for name in addresses}
