"""Signing in and what protects it."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import url_for
from flask.testing import FlaskClient

from registry import permissions
from registry.clock import now
from registry.extensions import db, writing
from registry.models import AuditEvent, Case, SetupLink, SignInAttempt, User, UserSession
from registry.security import passwords, tokens
from registry.security.addresses import local_path
from registry.security.headers import CSP
from tests import factories
from workflows.roles import Role
from workflows.states import ProjectState

PASSWORD = "pear lantern gravel 47"
OTHER = "seven quiet otters 19"


def person(client: FlaskClient, **changed) -> int:
    """Somebody with a password."""
    with client.application.app_context():
        return factories.a_user(**({"login": "wang", "password_hash": passwords.hashed(PASSWORD)} | changed))


def enter(client: FlaskClient, login="wang", password=PASSWORD, **more):
    return client.post("/sign-in", data={"login": login, "password": password} | more)


def said(response) -> str:
    soup = BeautifulSoup(response.text, "html.parser")
    return soup.select_one(".error-summary").get_text(" ", strip=True)


def sid(client: FlaskClient) -> str | None:
    cookie = client.get_cookie("sid")
    return cookie.value if cookie else None


@pytest.fixture(autouse=True)
def _english(client):
    with client.session_transaction() as session:
        session["language"] = "en"


def test_a_right_password_opens_a_session_whose_token_is_kept_only_as_a_digest(client):
    user_id = person(client)
    response = enter(client)
    assert response.status_code == 302
    cookie = client.get_cookie("sid")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.path == "/"
    assert cookie.expires is None
    with client.application.app_context():
        row = db.session.query(UserSession).one()
        assert (row.user_id, row.token_digest) == (user_id, tokens.digest(cookie.value))
        event = db.session.query(AuditEvent).filter_by(action="sign_in").one()
        assert (event.actor_id, event.subject_id) == (user_id, user_id)
    assert client.get("/account").status_code == 200


def test_signing_in_gives_a_new_token_and_a_planted_one_is_worth_nothing(client):
    person(client)
    client.set_cookie("sid", "planted-token")
    enter(client)
    first = sid(client)
    assert first != "planted-token"
    enter(client)
    assert sid(client) != first
    client.set_cookie("sid", first)
    assert client.get("/account").status_code == 302
    client.set_cookie("sid", "planted-token")
    assert client.get("/account").status_code == 302


def test_an_unknown_name_a_wrong_password_and_a_closed_account_get_the_same_answer(client):
    person(client)
    person(client, login="closed", active=False)
    person(client, login="unset", password_hash=None)
    words = {said(enter(client, password="not the right one"))}
    words |= {said(enter(client, login=name)) for name in ("nobody", "closed", "unset")}
    assert len(words) == 1
    assert sid(client) is None


def test_the_login_is_taken_in_any_case_and_full_width(client):
    person(client)
    assert enter(client, login=" ＷＡＮＧ ").status_code == 302


def test_after_five_failures_even_the_right_password_waits_and_then_works(client, clock):
    person(client)
    for _n in range(5):
        assert enter(client, password="wrong wrong wrong").status_code == 422
        clock.move(seconds=10)
    response = enter(client)
    assert response.status_code == 429
    assert "Try again after 09:05" in said(response)
    assert 0 < int(response.headers["Retry-After"]) <= 300
    assert enter(client, login="nobody").status_code == 422  # others are not locked out
    clock.move(minutes=5)
    assert enter(client).status_code == 302


def test_one_address_cannot_try_many_names(client):
    for n in range(10):
        assert enter(client, login=f"name{n}").status_code == 422
    assert enter(client, login="name11").status_code == 429
    with client.application.app_context():
        rows = db.session.query(SignInAttempt).all()
        assert len(rows) == 10
        assert not any("name" in row.login_digest for row in rows)


def test_signing_out_ends_the_session_on_the_server(client):
    person(client)
    enter(client)
    token = sid(client)
    response = client.post("/sign-out")
    assert "sid=;" in response.headers["Set-Cookie"]
    client.set_cookie("sid", token)
    assert client.get("/account").status_code == 302
    assert client.get("/sign-out").status_code == 405


def test_a_session_ends_when_idle_sooner_for_people_in_office_and_after_a_working_day(client, clock):
    person(client)
    enter(client)
    clock.move(minutes=29)
    client.get("/account").close()  # noted as used
    clock.move(minutes=29)
    assert client.get("/sign-in").status_code == 302
    clock.move(minutes=31)
    assert client.get("/account").status_code == 302
    with client.application.app_context():
        body = factories.a_body()
        factories.an_appointee(body, Role.CASE_OFFICER, login="li", password_hash=passwords.hashed(PASSWORD))
    enter(client, login="li")
    clock.move(minutes=16)
    assert client.get("/account").status_code == 302
    enter(client)
    for _n in range(32):
        clock.move(minutes=14)
        client.get("/account").close()
    assert client.get("/account").status_code == 200
    clock.move(minutes=40)
    assert client.get("/account").status_code == 302


def test_the_last_use_is_noted_at_most_once_a_minute(client, clock):
    person(client)
    enter(client)

    def noted():
        with client.application.app_context():
            return db.session.query(UserSession).one().last_seen_at

    began = noted()
    clock.move(seconds=30)
    client.get("/account").close()
    assert noted() == began
    clock.move(seconds=31)
    client.get("/account").close()
    assert noted() == now()


def test_a_closed_account_is_out_at_its_next_request(client):
    user_id = person(client)
    enter(client)
    with client.application.app_context():
        from registry.extensions import writing

        with writing():
            db.session.get(User, user_id).active = False
    assert client.get("/account").status_code == 302


def test_a_fourth_session_ends_the_oldest(make_app):
    app = make_app()
    browsers = [app.test_client() for _n in range(4)]
    person(browsers[0])
    for browser in browsers:
        enter(browser)
    assert [b.get("/account").status_code for b in browsers] == [302, 200, 200, 200]


def test_sessions_are_listed_and_ended_but_not_those_of_others(make_app):
    app = make_app()
    one, two, stranger = (app.test_client() for _n in range(3))
    person(one)
    person(one, login="zhao")
    enter(one)
    enter(two)
    enter(stranger, login="zhao")
    assert one.get("/account/sessions").text.count("/end") == 2
    with app.app_context():
        ids = [s.id for s in db.session.query(UserSession).order_by(UserSession.id)]
    assert one.post(f"/account/sessions/{ids[2]}/end").status_code == 404
    assert one.post(f"/account/sessions/{ids[1]}/end").status_code == 302
    assert [b.get("/account").status_code for b in (one, two, stranger)] == [200, 302, 200]


def test_a_new_password_ends_every_other_session(make_app):
    app = make_app()
    here, there = app.test_client(), app.test_client()
    person(here)
    enter(here)
    enter(there)
    new = {"password": OTHER, "again": OTHER}
    assert here.post("/account/password", data={"current": "wrong"} | new).status_code == 422
    assert there.get("/account").status_code == 200
    assert here.post("/account/password", data={"current": PASSWORD} | new).status_code == 302
    assert [b.get("/account").status_code for b in (here, there)] == [200, 302]
    assert enter(app.test_client()).status_code == 422
    assert enter(app.test_client(), password=OTHER).status_code == 302


def test_the_present_password_cannot_be_guessed_at_an_open_screen(client):
    person(client)
    enter(client)
    new = {"password": OTHER, "again": OTHER}
    answers = [client.post("/account/password", data={"current": f"no{n}"} | new) for n in range(6)]
    assert "Too many failed tries" in said(answers[-1])


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234",
        "123456789012",
        "tailin2026abc",
        "泰林碳汇泰林碳汇泰林碳汇",
        "aaaaaaaaaaaaaaa",
        "wang-wang-wang!",
        "x" * 129,
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(client, password):
    with client.application.test_request_context():
        assert passwords.weakness(password, "wang", "王秀英")


@pytest.mark.parametrize("password", [PASSWORD, OTHER, "correct horse battery staple", "北坡 侧柏 种了 四百棵 2019"])
def test_a_long_odd_password_is_taken(client, password):
    with client.application.test_request_context():
        assert passwords.weakness(password, "wang", "王秀英") is None


def test_an_old_hash_is_renewed_at_sign_in(client):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    user_id = person(client, password_hash=old)
    assert enter(client).status_code == 302
    with client.application.app_context():
        assert not passwords.outdated(db.session.get(User, user_id).password_hash)
    assert enter(client).status_code == 302


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)", "evil.example", " /account", "/a\nb", "http:/account", "", None],
)  # fmt: skip
def test_no_address_leads_off_the_site(client, target):
    assert local_path(target) is None
    person(client)
    if target:
        with client.application.test_request_context():
            assert enter(client, next=target).headers["Location"] == url_for("applicant.home")


def test_signing_in_leads_on_to_the_page_that_was_asked_for(client):
    person(client)
    asked = client.get("/account/sessions?a=1")
    assert asked.headers["Location"].startswith("/sign-in?next=")
    assert enter(client, next="/account/sessions?a=1").headers["Location"] == "/account/sessions?a=1"


def test_a_setup_link_works_once_within_its_time(client, clock):
    user_id = person(client, password_hash=None)
    add_link(client, user_id, "token-one")
    add_link(client, user_id, "token-old", minutes=-1)
    assert client.get("/set-up/token-old").status_code == 404
    assert client.get("/set-up/never-made").status_code == 404
    page = client.get("/set-up/token-one")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "same-origin"
    both = {"password": OTHER, "again": OTHER}
    assert client.post("/set-up/token-one", data=both | {"again": "different one 12"}).status_code == 422
    assert client.post("/set-up/token-one", data=both).status_code == 302
    assert client.post("/set-up/token-one", data=both).status_code == 404
    assert enter(client, password=OTHER).status_code == 302


def add_link(client, user_id, token, minutes=30):
    with client.application.app_context():
        factories._add(
            SetupLink(
                token_digest=tokens.digest(token),
                user_id=user_id,
                made_at=now(),
                expires_at=now() + timedelta(minutes=minutes),
            )
        )


def test_demo_people_exist_only_in_demo_mode_and_are_examples(make_app):
    plain, demo = make_app().test_client(), make_app(DEMO=True).test_client()
    with plain.application.app_context():
        body = factories.a_body()
        example = factories.an_appointee(body, Role.CHAIR, is_example=True, name="Chair (example)")
        real = factories.a_user()
    assert "Chair (example)" not in plain.get("/sign-in").text
    assert plain.post("/sign-in/demo", data={"person": example}).status_code == 404
    assert "Chair (example)" in demo.get("/sign-in").text
    for other in (real, 999999, "", "x", "１"):
        assert demo.post("/sign-in/demo", data={"person": other}).status_code == 404
    assert demo.post("/sign-in/demo", data={"person": example}).status_code == 302
    with demo.application.app_context():
        assert db.session.query(UserSession).one().user_id == example
    assert demo.get("/account").status_code == 200


def test_a_demo_person_of_an_organisation_that_files_for_others_is_an_agent(make_app):
    demo = make_app(DEMO=True).test_client()
    with demo.application.app_context():
        village, developer = factories.an_organisation(), factories.an_organisation()
        factories.a_member(village, is_example=True, name="Villager (example)")
        agent = factories.a_member(developer, is_example=True, name="Developer (example)")
        case = {"body_id": factories.a_body(), "state": ProjectState.DRAFT, "state_since": now(), "created_at": now()}
        with writing():
            db.session.add(Case(**case, proponent_org_id=village, agent_org_id=developer, created_by_id=agent))
    with demo.session_transaction() as session:
        session["language"] = "en"
    html = demo.get("/sign-in").text
    assert re.search(r"Villager \(example\)</b><span>Project proponent<", html)
    assert re.search(r"Developer \(example\)</b><span>Agent<", html)


def test_language_and_type_size_are_kept_with_the_account(client):
    user_id = person(client)
    enter(client)
    assert client.post("/account", data={"language": "en", "large_type": "y"}).status_code == 302
    with client.application.app_context():
        user = db.session.get(User, user_id)
        assert (user.language, user.large_type) == ("en", True)
    client.post("/sign-out")
    with client.session_transaction() as session:
        assert session["language"] == "en"  # the page keeps its language


def test_somebody_who_must_change_the_password_gets_nowhere_else(client):
    person(client, must_change_password=True)
    enter(client)
    assert client.get("/account").headers["Location"] == "/account/password"
    client.post("/account/password", data={"current": PASSWORD, "password": OTHER, "again": OTHER})
    assert client.get("/account").status_code == 200


# Requests from elsewhere, and headers --------------------------------------------------------------------


def test_a_form_without_its_csrf_token_is_refused_and_the_token_changes_with_the_session(make_app):
    client = make_app(WTF_CSRF_ENABLED=True).test_client()
    person(client)
    assert enter(client).status_code == 400
    token = csrf(client.get("/sign-in"))
    assert enter(client, csrf_token=token).status_code == 302
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 400
    assert client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))}).status_code == 302


def csrf(response) -> str:
    return BeautifulSoup(response.text, "html.parser").select_one("[name=csrf_token]")["value"]


def test_a_post_from_another_site_is_refused_and_a_link_is_not(client):
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/sign-in", headers=foreign).status_code == 403
    assert client.get("/sign-in", headers=foreign).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/nowhere", "/static/tailin.css", "/health"])
def test_every_answer_carries_the_headers(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_over_https_the_browser_is_told_to_stay_there_and_cookies_are_bound_to_the_host(make_app):
    client = make_app(SESSION_COOKIE_SECURE=True, SIGN_IN_COOKIE_NAME="__Host-sid").test_client()
    person(client)
    response = client.post("/sign-in", data={"login": "wang", "password": PASSWORD}, base_url="https://localhost")
    assert "max-age=63072000" in response.headers["Strict-Transport-Security"]
    assert "upgrade-insecure-requests" in response.headers["Content-Security-Policy"]
    cookie = next(c for c in response.headers.getlist("Set-Cookie") if c.startswith("__Host-sid="))
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_pages_of_signed_in_people_are_not_kept_by_the_browser(client):
    person(client)
    assert enter(client).headers["Cache-Control"] == "no-store"
    assert client.get("/account").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/account/password", "/account/sessions", "/nowhere"])
@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_no_page_has_an_inline_script_or_style(client, path, language):
    person(client)
    if path != "/sign-in":
        enter(client)
    with client.session_transaction() as session:
        session["language"] = language
    nothing_inline(client.get(path).text)


def nothing_inline(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    assert all(s.get("src", "").startswith("/") for s in soup("script"))
    assert not soup("style")
    assert not [t for t in soup.find_all(True) for a in t.attrs if a == "style" or a.startswith("on")]
    assert not re.search(r"(src|href|action)=[\"'](https?:)?//", html)


def test_every_endpoint_of_the_account_stands_in_the_table(client):
    mine = {
        r.endpoint for r in client.application.url_map.iter_rules() if r.endpoint.startswith(("account.", "admin."))
    }
    assert mine == {e for e in permissions.ENTRIES if e.startswith(("account.", "admin."))}
