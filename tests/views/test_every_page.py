"""What every page has: the language and size one chose, the way about, and where help is."""

from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from registry.extensions import db
from registry.models import User
from tests import factories
from workflows.roles import Role


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    """An application to write rows into; requests run outside its context, as in life."""
    return make_app()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "http:/x",
        "evil",
        "///evil.example",
    ],
)
@pytest.mark.parametrize("path", ["/language/en", "/type/large"])
def test_a_choice_never_leads_away_from_this_site(client: FlaskClient, path: str, target: str):
    answer = client.get(path, query_string={"next": target})
    assert answer.status_code == 302
    assert answer.location == "/"


def test_language_and_size_are_kept_and_lead_back(client: FlaskClient):
    assert client.get("/language/en?next=/projects?q%3Da").location == "/projects?q=a"
    client.get("/type/large")
    page = client.get("/help").text
    assert 'lang="en"' in page
    assert 'data-size="large"' in page
    client.get("/type/normal")
    client.get("/language/zh")
    page = client.get("/help").text
    assert 'lang="zh-CN"' in page
    assert 'data-size="normal"' in page
    assert client.get("/language/fr").status_code == 404
    assert client.get("/type/huge").status_code == 404


def test_the_choice_of_a_signed_in_person_stays_with_the_account(site: Flask):
    with site.app_context():
        person = factories.a_user()
    client = _signed_in(site, person)
    client.get("/language/en")
    client.get("/type/large")
    with site.app_context():
        user = db.session.get(User, person)
        assert (user.language, user.large_type) == ("en", True)


def _signed_in(site: Flask, user_id: int) -> FlaskClient:
    """A browser of this person; the sign-in itself is tested elsewhere."""
    from registry.security import sessions

    with site.test_request_context():
        g.user = g.session = None
        token = sessions.start(user_id)
    client = site.test_client()
    client.set_cookie(site.config["SIGN_IN_COOKIE_NAME"], token)
    return client


def _entries(page: str) -> list[str]:
    nav = page.partition('class="site-nav')[2].partition("</nav>")[0]
    return [part.partition(">")[2].partition("<")[0] for part in nav.split("<a ")[1:]]


def test_the_navigation_follows_the_audience(site: Flask):
    with site.app_context():
        body = factories.a_body()
        people = {
            "applicant": factories.a_member(factories.an_organisation()),
            "officer": factories.an_appointee(body, Role.CASE_OFFICER),
            "administrator": factories.an_appointee(body, Role.ADMINISTRATOR),
            "body": factories.a_member(factories.an_organisation(kind="vvb")),
        }
        db.session.rollback()
    public_entries = ["Projects", "Greening targets", "Public notices", "Published pilot reports", "Public cases"]
    knowledge = ["Rules", "Calendar", "Help"]
    expected = {
        "applicant": ["My projects", "Notices"],
        "officer": [
            *("To do", "Notices", "Cases", "Partners", "Experts", "Meetings", "Rule changes", "Targets and figures"),
            *("Completed area", "Inventories", "Forest farm", "Pilot reports"),
        ],
        "administrator": ["Notices", "Accounts", "Organisations", "Mail"],
        "body": ["To do", "Notices"],
    }
    visitor = site.test_client()
    visitor.get("/language/en")
    flat = [*public_entries[:3], "Pilot reports", public_entries[4], *knowledge]
    assert _entries(visitor.get("/help").text) == ["Home", *flat]
    for who, entries in expected.items():
        client = _signed_in(site, people[who])
        client.get("/language/en")
        page = client.get("/help").text
        assert _entries(page) == entries + public_entries + knowledge, who
        assert page.count('aria-current="page"') == 1
        open_group = page.partition('<details class="here" open>')[2].partition("</details>")[0]
        assert "Rules and help" in open_group
        assert 'aria-current="page"' in open_group


def test_health_says_ok_without_a_session(client: FlaskClient):
    answer = client.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.mimetype == "text/plain"


def test_the_help_page_shows_the_phone_number_that_was_set_and_no_empty_promise(make_app: Callable[..., Flask]) -> None:
    def read(**settings: str) -> str:
        reader = make_app(**settings).test_client()
        reader.get("/language/en")
        return reader.get("/help").get_data(as_text=True)

    without, given = read(), read(HELP_PHONE="0538-0000000")
    assert "0538-0000000" in given
    assert "<h2>Phone</h2>" in given
    assert "Help and phone" in given
    assert "Phone" not in without
    assert "phone" not in without
