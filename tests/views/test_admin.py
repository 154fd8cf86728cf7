"""The administrator's pages."""

import re

import pytest
from bs4 import BeautifulSoup
from stdnum.cn import uscc

from registry.extensions import db, writing
from registry.models import Appointment, AuditEvent, Membership, Organisation, SetupLink, User
from registry.security import passwords
from tests import factories
from tests.views.test_account import PASSWORD, enter, nothing_inline, said
from workflows.roles import Role


@pytest.fixture
def admin(client):
    """The administrator's browser; `admin.ids` has the people and places of the test."""
    with client.session_transaction() as session:
        session["language"] = "en"
    with client.application.app_context():
        body = factories.a_body()
        client.ids = {
            "body": body,
            "me": factories.an_appointee(
                body, Role.ADMINISTRATOR, login="root", password_hash=passwords.hashed(PASSWORD)
            ),
            "user": factories.a_user(login="wang", name="Wang Xiuying"),
            "organisation": factories.an_organisation(),
        }
    assert enter(client, login="root").headers["Location"] == "/admin/users"
    return client


def rows(client, model, **which):
    with client.application.app_context():
        return db.session.query(model).filter_by(**which).all()


def test_an_account_is_made_with_a_link_that_is_shown_once(admin):
    page = admin.post("/admin/users/new", data={"login": "Ｌi.Na", "name": "李娜", "email": "li@example.cn"})
    assert page.status_code == 200
    link = re.search(r"/set-up/([\w-]{43})", page.text)
    assert link
    (user,) = rows(admin, User, login="li.na")
    assert (user.name, user.password_hash) == ("李娜", None)
    assert link[1] not in admin.get(f"/admin/users/{user.id}").text
    assert admin.application.test_client().get(link[0]).status_code == 200
    (event,) = rows(admin, AuditEvent, action="create_user")
    assert not re.search("li.na|李娜|example", event.detail)


def test_a_taken_or_odd_login_is_refused_with_everything_typed_kept(admin):
    page = admin.post("/admin/users/new", data={"login": "WANG", "name": "Somebody"})
    assert page.status_code == 422
    assert "taken" in said(page)
    assert 'value="Somebody"' in page.text
    page = admin.post("/admin/users/new", data={"login": "a/b", "name": "", "email": "x"})
    assert len(BeautifulSoup(page.text, "html.parser").select(".error-summary li")) == 3


def test_people_are_found_by_name_login_and_organisation(admin):
    ids = admin.ids
    admin.post(f"/admin/users/{ids['user']}/memberships", data=membership(admin))
    name = rows(admin, Organisation)[0].name
    for words in ("xiuying", "WAN", name):
        assert "Wang Xiuying" in admin.get("/admin/users", query_string={"q": words}).text
    assert "Nobody was found" in admin.get("/admin/users?q=%25").text


def membership(admin, **changed):
    values = {"organisation": admin.ids["organisation"], "since": "2026年1月1日", "until": ""} | changed
    return {f"membership-{key}": value for key, value in values.items()}


def appointment(admin, role, **changed):
    values = {"role": str(role), "body": admin.ids["body"], "since": "2026-01-01", "until": ""} | changed
    return {f"appointment-{key}": value for key, value in values.items()}


def test_a_membership_is_added_and_ended_with_its_days(admin):
    url = f"/admin/users/{admin.ids['user']}"
    assert admin.post(f"{url}/memberships", data=membership(admin)).status_code == 302
    page = admin.post(f"{url}/memberships", data=membership(admin))
    assert "already recorded" in said(page)
    (row,) = rows(admin, Membership)
    end = {f"m{row.id}-until": "2025-12-31"}
    assert "before the first day" in said(admin.post(f"/admin/memberships/{row.id}/end", data=end))
    end = {f"m{row.id}-until": "2026.2.28"}
    assert admin.post(f"/admin/memberships/{row.id}/end", data=end).status_code == 302
    assert str(rows(admin, Membership)[0].until) == "2026-02-28"
    assert admin.post(f"{url}/memberships", data=membership(admin, since="2026-03-01")).status_code == 302


def test_an_office_is_given_and_ended(admin):
    url = f"/admin/users/{admin.ids['user']}"
    assert admin.post(f"{url}/appointments", data=appointment(admin, Role.CHAIR)).status_code == 302
    (row,) = rows(admin, Appointment, user_id=admin.ids["user"])
    assert row.role == Role.CHAIR
    assert "keeps accounts" in said(admin.post(f"{url}/appointments", data=appointment(admin, Role.ADMINISTRATOR)))
    data = {f"a{row.id}-until": "2026-02-28"}
    assert admin.post(f"/admin/appointments/{row.id}/end", data=data).status_code == 302
    assert {e.action for e in rows(admin, AuditEvent)} >= {"add_appointment", "end_appointment"}


@pytest.mark.parametrize("role", [Role.PROPONENT, Role.SYSTEM, Role.VVB, "emperor"])
def test_a_role_that_no_body_gives_cannot_be_given(admin, role):
    page = admin.post(f"/admin/users/{admin.ids['user']}/appointments", data=appointment(admin, role))
    assert page.status_code == 422
    assert rows(admin, Appointment, user_id=admin.ids["user"]) == []


def test_nobody_appoints_themselves(admin):
    page = admin.post(f"/admin/users/{admin.ids['me']}/appointments", data=appointment(admin, Role.CHAIR))
    assert "appoint themselves" in said(page)
    assert len(rows(admin, Appointment, user_id=admin.ids["me"])) == 1


def test_the_last_administrator_stays(admin):
    me = admin.ids["me"]
    (mine,) = rows(admin, Appointment, user_id=me)
    assert "last administrator" in said(admin.post(f"/admin/users/{me}/active", data={"active": "no"}))
    end = {f"a{mine.id}-until": "2026-12-31"}
    assert "last administrator" in said(admin.post(f"/admin/appointments/{mine.id}/end", data=end))
    # One who was named but never set a password could not take over.
    admin.post(f"/admin/users/{admin.ids['user']}/appointments", data=appointment(admin, Role.ADMINISTRATOR))
    assert "last administrator" in said(admin.post(f"/admin/users/{me}/active", data={"active": "no"}))
    with admin.application.app_context(), writing():
        db.session.get(User, admin.ids["user"]).password_hash = "set"
    assert admin.post(f"/admin/users/{me}/active", data={"active": "no"}).status_code == 302
    assert admin.get("/admin/users").status_code == 302  # and is out at once


def test_a_closed_account_loses_sessions_and_links_and_can_be_opened_again(admin):
    user_id = admin.ids["user"]
    assert "/set-up/" in admin.post(f"/admin/users/{user_id}/setup-link").text
    assert admin.post(f"/admin/users/{user_id}/active", data={"active": "no"}).status_code == 302
    assert all(link.used_at for link in rows(admin, SetupLink))
    assert "open it first" in said(admin.post(f"/admin/users/{user_id}/setup-link"))
    admin.post(f"/admin/users/{user_id}/active", data={"active": "yes"})
    assert rows(admin, User, id=user_id)[0].active


def test_a_new_link_ends_the_earlier_one(admin):
    url = f"/admin/users/{admin.ids['user']}/setup-link"
    first, second = (re.search(r"/set-up/[\w-]{43}", admin.post(url).text)[0] for _n in range(2))
    stranger = admin.application.test_client()
    assert [stranger.get(link).status_code for link in (first, second)] == [404, 200]


def test_a_credit_code_is_checked_and_unique_and_may_wait(admin):
    code = "91370900MA3C0000X"
    code = code + uscc.calc_check_digit(code)
    new = {"name": "示例公司", "kind": "enterprise"}
    assert "To be filled in" in admin.get("/admin/organisations").text
    assert admin.post("/admin/organisations/new", data=new | {"credit_code": code[:-1]}).status_code == 422
    assert admin.post("/admin/organisations/new", data=new | {"credit_code": code.lower()}).status_code == 302
    assert "has this credit code" in said(admin.post("/admin/organisations/new", data=new | {"credit_code": code}))
    (made,) = rows(admin, Organisation, credit_code=code)
    url = f"/admin/organisations/{made.id}"
    assert admin.post(url, data=new | {"name": "示例公司二", "credit_code": ""}).status_code == 302
    (changed,) = rows(admin, Organisation, id=made.id)
    assert (changed.name, changed.credit_code) == ("示例公司二", None)
    (event,) = rows(admin, AuditEvent, action="change_organisation")
    assert "示例" not in event.detail


@pytest.mark.parametrize("path", ["/admin/users/9999", "/admin/organisations/9999"])
def test_what_does_not_exist_is_not_found(admin, path):
    assert admin.get(path).status_code == 404
    assert admin.post("/admin/memberships/9999/end").status_code == 404
    assert admin.post("/admin/appointments/9999/end").status_code == 404


def test_only_an_administrator_reaches_these_pages(client):
    with client.application.app_context():
        factories.an_appointee(factories.a_body(), Role.CHAIR, login="chair", password_hash=passwords.hashed(PASSWORD))
    assert client.get("/admin/users").status_code == 302
    enter(client, login="chair")
    for path in ("/admin", "/admin/users", "/admin/users/new", "/admin/users/1", "/admin/organisations"):
        assert client.get(path).status_code == 403
    assert client.post("/admin/users/1/active", data={"active": "no"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_no_page_has_an_inline_script_or_style_or_two_equal_ids(admin, language):
    url = f"/admin/users/{admin.ids['user']}"
    admin.post(f"{url}/memberships", data=membership(admin))
    admin.post(f"{url}/appointments", data=appointment(admin, Role.MEMBER))
    with admin.session_transaction() as session:
        session["language"] = language
    pages = ["/admin/users", "/admin/users/new", url, "/admin/organisations", "/admin/organisations/new"]
    pages.append(f"/admin/organisations/{admin.ids['organisation']}")
    for path in pages:
        page = admin.get(path)
        assert page.status_code == 200
        nothing_inline(page.text)
        ids = [tag["id"] for tag in BeautifulSoup(page.text, "html.parser").select("[id]")]
        assert sorted(ids) == sorted(set(ids))
