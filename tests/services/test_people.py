"""The verbs on accounts, on both engines."""

import re
from datetime import date, timedelta

import pytest

from registry.clock import now
from registry.extensions import db
from registry.models import Appointment, AuditEvent, Body, SetupLink, SignInAttempt, User, UserSession
from registry.security import throttle, tokens
from registry.services import people, signing_in
from tests import factories
from workflows.roles import Role

DAY = date(2026, 1, 1)


@pytest.fixture
def admin(app):
    body = factories.a_body(key="city")
    return db.session.get(User, factories.an_appointee(body, Role.ADMINISTRATOR, password_hash="set"))


def test_create_admin_works_once_and_prints_a_link_for_half_an_hour(app, clock):
    run = app.test_cli_runner().invoke
    made = run(args=["create-admin", "--login", "Root", "--name", "管理员"])
    assert made.exit_code == 0, made.output
    token = re.search(r"/set-up/([\w-]{43})", made.output)[1]
    link = db.session.query(SetupLink).one()
    assert link.token_digest == tokens.digest(token)
    assert link.expires_at - link.made_at == timedelta(minutes=30)
    again = run(args=["create-admin", "--login", "second", "--name", "x"])
    assert again.exit_code == 1
    assert "already an administrator" in again.output
    db.session.rollback()
    assert [u.login for u in db.session.query(User)] == ["root"]
    assert [(b.key, b.jurisdiction) for b in db.session.query(Body)] == [("taian", "370900")]
    assert [a.role for a in db.session.query(Appointment)] == [Role.ADMINISTRATOR]
    clock.move(minutes=31)
    with pytest.raises(people.NotDone):
        signing_in.use_setup_link(token, "hash", at=now())


def test_create_admin_takes_no_odd_login(app):
    made = app.test_cli_runner().invoke(args=["create-admin", "--login", "a b", "--name", "x"])
    assert made.exit_code == 1
    assert db.session.query(User).count() == 0


def test_every_verb_leaves_one_row_without_personal_data(admin):
    by = admin
    organisation = people.create_organisation(
        name="秘密公司", name_en=None, kind="enterprise", credit_code=None, gb_code=None, by=by, at=now()
    )
    people.change_organisation(
        organisation,
        name="秘密公司二",
        name_en=None,
        kind="enterprise",
        credit_code=None,
        gb_code=None,
        by=by,
        at=now(),
    )
    user_id, token = people.create_user(login="secretlogin", name="秘密人", email="secret@x.cn", by=by, at=now())
    signing_in.use_setup_link(token, "secrethash", at=now())
    membership = people.add_membership(user_id, organisation, since=DAY, until=None, by=by, at=now())
    people.end_membership(membership, until=DAY, by=by, at=now())
    body = db.session.query(Body).one().id
    appointment = people.add_appointment(user_id, body, Role.MEMBER, since=DAY, until=None, by=by, at=now())
    people.end_appointment(appointment, until=DAY, by=by, at=now())
    people.make_setup_link(user_id, by=by, at=now())
    signing_in.set_password(user_id, "secrethash2", keep_session=None, at=now())
    people.set_active(user_id, False, by=by, at=now())
    people.set_active(user_id, True, by=by, at=now())
    events = db.session.query(AuditEvent).order_by(AuditEvent.seq).all()
    assert [e.action for e in events] == [
        "create_organisation", "change_organisation", "create_user", "use_setup_link", "add_membership",
        "end_membership", "add_appointment", "end_appointment", "make_setup_link", "set_password",
        "close_account", "open_account",
    ]  # fmt: skip
    text = " ".join(e.canonical.decode("utf-8", "replace") for e in events)
    assert not re.search("secret|秘密", text)


def test_a_refused_verb_leaves_no_trace(admin):
    organisation = factories.an_organisation()
    stranger = db.session.get(User, factories.a_user(login="plain"))
    refused = [
        lambda: people.create_user(login="PLAIN", name="x", email=None, by=admin, at=now()),
        lambda: people.create_user(login="x1", name="x", email=None, by=stranger, at=now()),
        lambda: people.add_membership(999999, organisation, since=DAY, until=None, by=admin, at=now()),
        lambda: people.add_membership(stranger.id, 999999, since=DAY, until=None, by=admin, at=now()),
        lambda: people.add_membership(
            stranger.id, organisation, since=DAY, until=DAY - timedelta(days=1), by=admin, at=now()
        ),
        lambda: people.add_appointment(admin.id, 1, Role.CHAIR, since=DAY, until=None, by=admin, at=now()),
        lambda: people.add_appointment(stranger.id, 1, Role.PUBLIC, since=DAY, until=None, by=admin, at=now()),
        lambda: people.set_active(admin.id, False, by=admin, at=now()),
        lambda: people.set_active(admin.id, True, by=stranger, at=now()),
        lambda: signing_in.use_setup_link("no such token", "hash", at=now()),
    ]
    before = db.session.query(User).count()
    for verb in refused:
        with pytest.raises(people.NotDone):
            verb()
    assert db.session.query(AuditEvent).count() == 0
    assert db.session.query(User).count() == before
    assert db.session.query(Appointment).count() == 1


def test_an_administrator_whose_office_ended_changes_nothing(admin, clock):
    people_before = db.session.query(User).count()
    factories.an_appointee(db.session.query(Body).one().id, Role.ADMINISTRATOR, password_hash="set")
    (own,) = db.session.query(Appointment).filter_by(user_id=admin.id).all()
    people.end_appointment(own.id, until=clock.at.date(), by=admin, at=now())
    clock.move(days=1)
    with pytest.raises(people.NotDone):
        people.create_user(login="late", name="x", email=None, by=admin, at=now())
    assert db.session.query(User).count() == people_before + 1


def test_a_new_office_ends_the_sessions_of_the_person(admin):
    user_id = factories.a_user()
    signing_in.open_session(
        user_id, token_digest="d" * 64, browser="", address="", expires_at=now() + timedelta(hours=1), at=now()
    )
    body = db.session.query(Body).one().id
    people.add_appointment(user_id, body, Role.SECRETARY, since=DAY, until=None, by=admin, at=now())
    assert db.session.query(UserSession).one().ended_at is not None


def test_the_throttle_counts_failures_only_and_forgets_them(app, clock):
    for _n in range(4):
        signing_in.admit_attempt("wang", "10.0.0.1", at=now())
        clock.move(seconds=1)
    right = signing_in.admit_attempt("wang", "10.0.0.1", at=now())
    signing_in.attempt_succeeded(right)
    signing_in.admit_attempt("WANG", "10.0.0.2", at=now())
    with pytest.raises(throttle.TooMany) as late:
        signing_in.admit_attempt("wang", "10.0.0.3", at=now())
    assert timedelta(minutes=4) < late.value.until - now() <= timedelta(minutes=5)
    clock.set(late.value.until)
    signing_in.admit_attempt("wang", "10.0.0.3", at=now())
    clock.move(days=2)
    signing_in.admit_attempt("wang", "10.0.0.3", at=now())
    assert db.session.query(SignInAttempt).count() == 1


def test_the_whole_site_has_a_limit_too(app, clock):
    app.config["SIGN_IN_TRIES_ALL"] = 3
    for n in range(3):
        signing_in.admit_attempt(f"u{n}", f"10.0.0.{n}", at=now())
    with pytest.raises(throttle.TooMany):
        signing_in.admit_attempt("u9", "10.0.0.9", at=now())
