"""Letters: who gets one, what a server that refuses, sleeps or dies makes of it, and that none is sent twice."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from registry import formats, jobs, smtp
from registry.clock import now
from registry.extensions import db, writing
from registry.models import Mail, MailStatus, Notice, Trouble, User
from registry.services import acts, mail, people
from registry.services.people import NotDone
from tests import factories
from tests.apart import CONTEXT
from tests.clock import FIXED, Clock
from tests.databases import let_go, test_settings
from tests.mailserver import PASSWORD, SLOW_S, USER, MailServer, running
from tests.world import World

S = MailStatus
PATIENCE_S = 60


@pytest.fixture(scope="module")
def a_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with running(tmp_path_factory.mktemp("mail") / "letters") as server:
        yield server


def reached_by(app: Any, port: int, **more: Any) -> None:
    settings = {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": port, "MAIL_TLS": "none", "MAIL_FROM": "tanhui@example.cn"}
    app.config.update(settings | {"MAIL_TIMEOUT": 0.4, "PUBLIC_URL": "https://tanhui.example.cn"} | more)


@pytest.fixture
def server(app, a_server: MailServer) -> MailServer:
    a_server.empty()
    reached_by(app, a_server.port)
    return a_server


@pytest.fixture
def world(app, clock) -> World:
    return World()


def lives_at(world: World, who: str, address: str | None, **more: Any) -> None:
    with writing():
        user = world.user(who)
        user.email = address
        for key, value in more.items():
            setattr(user, key, value)


def letters() -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def one() -> Mail:
    (found,) = letters()
    return found


def accepted(world: World, address: str | None = "owner@example.cn", *others: str, **more: Any) -> int:
    """A case whose applicant gets one letter: it was accepted. So do `others`, people of the same organisation."""
    case_id = world.advance(world.draft(), "submitted")
    lives_at(world, "owner", address, **more)
    for other in others:
        factories.a_member(world.org, email=other)
    world.act(case_id, "accept", "officer")
    return case_id


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


# Who gets one -------------------------------------------------------------------------------------------


def test_a_letter_goes_with_a_notice_to_whoever_has_an_address(server, world):
    accepted(world)
    letter = one()
    assert (letter.status, letter.tries, letter.notice.action) == (S.WAITING, 0, "accept")
    assert letter.notice.user_id == world.people["owner"]
    assert jobs.send_mail() == (1, 0)
    assert one().status is S.SENT
    (got,) = server.letters()
    assert (got["To"], got["From"]) == ("owner@example.cn", "tanhui@example.cn")
    assert "https://tanhui.example.cn/cases/TL2026000001" in got.get_content()


@pytest.mark.parametrize("person", [{"address": None}, {"wants_mail": False}, {"address": ""}])
def test_who_has_no_address_or_wants_no_mail_is_told_in_the_inbox_alone(server, world, person):
    accepted(world, **person)
    assert letters() == []
    assert db.session.scalar(select(func.count()).select_from(Notice)) > 0


def test_without_a_mail_server_no_letter_is_put_in_and_none_is_sent(app, world):
    assert app.config["MAIL_HOST"] == ""
    accepted(world)
    assert letters() == []
    assert jobs.send_mail() == (0, 0)


def test_a_refused_act_writes_no_letter(server, world):
    case_id = accepted(world)
    with pytest.raises(acts.Refused):
        world.act(case_id, "pass_screening", "officer")
    assert len(letters()) == 1


@pytest.mark.parametrize("change", [{"wants_mail": False}, {"address": None}, {"active": False}])
def test_a_letter_nobody_wants_any_more_is_dropped(server, world, change):
    accepted(world)
    lives_at(world, "owner", **{"address": "owner@example.cn", **change})
    assert jobs.send_mail() == (0, 0)
    assert one().status is S.DROPPED
    assert server.letters() == []


def test_a_case_out_of_sight_is_not_written_about(server, world):
    accepted(world)
    with writing():
        for membership in world.user("owner").memberships:
            membership.until = membership.since
    assert jobs.send_mail() == (0, 0)
    assert one().status is S.DROPPED


# When it goes wrong -------------------------------------------------------------------------------------


def test_a_dead_server_blocks_no_act_and_the_letter_is_tried_again_ever_later(app, server, world, clock):
    reached_by(app, closed_port())
    accepted(world)
    waited = []
    while one().status is S.WAITING:
        clock.set(max(clock.at, one().not_before))
        assert jobs.send_mail() == (0, 1)
        if one().status is S.WAITING:
            assert jobs.send_mail() == (0, 0), "it is not due"
            waited.append(one().not_before - clock.at)
    assert waited == list(mail.AGAIN_AFTER)
    assert waited == sorted(waited)
    letter = one()
    assert (letter.status, letter.trouble, letter.tries) == (S.FAILED, Trouble.NO_SERVER, len(waited) + 1)


def test_a_server_that_comes_back_gets_the_letter(app, server, world, clock):
    reached_by(app, closed_port())
    accepted(world)
    jobs.send_mail()
    reached_by(app, server.port)
    clock.move(minutes=1)
    assert jobs.send_mail() == (1, 0)
    assert len(server.letters()) == 1


def test_where_no_conversation_comes_about_the_others_are_left_alone(app, server, world):
    reached_by(app, closed_port())
    accepted(world, "owner@example.cn", "second@example.cn", "third@example.cn")
    assert jobs.send_mail() == (0, 1)
    assert sorted(m.tries for m in letters()) == [0, 0, 1]


@pytest.mark.parametrize(
    ("address", "status", "trouble", "reply"),
    [
        ("nobody@example.cn", S.FAILED, Trouble.ADDRESS, 550),
        ("spam@example.cn", S.FAILED, Trouble.REFUSED, 554),
        ("later@example.cn", S.WAITING, Trouble.ADDRESS, 451),
    ],
)
def test_a_refusal_for_good_is_not_tried_again_and_a_passing_one_is(server, world, address, status, trouble, reply):
    accepted(world, address, "second@example.cn")
    assert jobs.send_mail() == (1, 1), "the other letter goes out all the same"
    first, second = letters()
    assert (first.status, first.trouble, first.reply) == (status, trouble, reply)
    assert second.status is S.SENT
    assert [m["To"] for m in server.letters()] == ["second@example.cn"]


@pytest.mark.parametrize(("address", "trouble"), [("slow@example.cn", "silent"), ("gone@example.cn", "stopped")])
def test_a_letter_the_server_has_but_did_not_confirm_is_unclear_and_not_sent_again(
    server, world, clock, address, trouble
):
    accepted(world, address)
    assert jobs.send_mail() == (0, 1)
    clock.move(days=9)
    assert jobs.send_mail() == (0, 0)
    assert (one().status, one().trouble) == (S.UNCLEAR, trouble)
    assert len(server.letters()) == 1


def test_a_server_that_says_nothing_costs_a_moment_and_no_letter(app, world, tmp_path, clock):
    with running(tmp_path / "deaf", "--deaf") as deaf:
        reached_by(app, deaf.port)
        accepted(world)
        assert jobs.send_mail() == (0, 1)
    assert (one().status, one().trouble) == (S.WAITING, Trouble.SILENT)


def test_a_server_that_trickles_is_cut_off(app, world, monkeypatch):
    monkeypatch.setattr(smtp, "LONGEST", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as trickles:
        reached_by(app, trickles.getsockname()[1], MAIL_TIMEOUT=20)
        accepted(world)
        assert jobs.send_mail() == (0, 1)
    assert (one().status, one().trouble) == (S.WAITING, Trouble.STOPPED)


# Not twice ----------------------------------------------------------------------------------------------


def sender(url: str, folder: str, port: int, dies: bool, pipe: Any) -> None:
    """A sender in a process of its own; `dies` when the server has the letter, before it can say so."""
    os.environ["TAILIN_ENV"] = "test"
    from registry import clock as registry_clock
    from registry import create_app

    app = create_app(test_settings(Path(folder), url))
    reached_by(app, port, MAIL_TIMEOUT=10)
    if dies:
        mail.sent = lambda *_: os._exit(9)  # type: ignore[assignment]
    with app.app_context(), registry_clock.told_by(Clock(FIXED)):
        db.session.connection()
        db.session.remove()
        pipe.send("ready")
        pipe.recv()
        pipe.send(jobs.send_mail())
    let_go(app)


def senders(number: int, url: str, folder: Path, port: int, *, dies: bool = False) -> list[Any]:
    """What so many senders at once came to."""
    started = []
    for _ in range(number):
        mine, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=sender, args=(url, str(folder), port, dies, theirs), daemon=True)
        process.start()
        started.append((mine, process))
    for mine, _process in started:
        assert mine.poll(PATIENCE_S), "a sender did not start"
        assert mine.recv() == "ready"
    for mine, _process in started:
        mine.send("go")
    answers = []
    for mine, process in started:
        if not dies:
            assert mine.poll(PATIENCE_S), "a sender did not answer"
            answers.append(mine.recv())
        process.join(PATIENCE_S)
        answers += [process.exitcode] if dies else []
    return answers


def test_two_senders_at_once_send_each_letter_once(server, world, database_url, tmp_path):
    accepted(world, *(f"owner{n}@example.cn" for n in range(12)))
    db.session.remove()
    answers = senders(2, database_url, tmp_path, server.port)
    assert sum(done for done, _troubled in answers) == 12
    assert sum(troubled for _done, troubled in answers) == 0
    keys = [m["Message-ID"] for m in server.letters()]
    assert len(keys) == len(set(keys)) == 12
    assert {(m.status, m.tries) for m in letters()} == {(S.SENT, 1)}


def test_a_letter_in_one_senders_hand_is_not_taken_by_another(server, world):
    accepted(world)
    number = one().id
    assert mail.take(number, now()) == 1
    assert mail.take(number, now()) is None
    assert jobs.send_mail() == (0, 0)
    assert server.letters() == []


def test_a_sender_that_dies_after_sending_sends_nothing_twice(server, world, database_url, tmp_path, clock):
    accepted(world)
    db.session.remove()
    assert senders(1, database_url, tmp_path, server.port, dies=True) == [9]
    assert len(server.letters()) == 1
    assert one().status is S.SENDING
    for later in (1, 60 * 24):
        clock.move(minutes=later)
        assert jobs.send_mail() == (0, 0)
    assert (one().status, one().trouble) == (S.UNCLEAR, Trouble.STOPPED)
    assert len(server.letters()) == 1


def test_a_sender_that_was_only_slow_may_still_say_that_it_sent(server, world, clock):
    accepted(world)
    number = one().id
    a_try = mail.take(number, now())
    clock.move(hours=1)
    mail.give_up_on_the_silent(now())
    assert one().status is S.UNCLEAR
    mail.sent(number, a_try, now())
    assert one().status is S.SENT


def test_an_earlier_try_says_nothing_of_a_later_one(server, world, clock):
    accepted(world)
    number = one().id
    earlier = mail.take(number, now())
    mail.refused(number, earlier, now(), Trouble.LATER, 451, for_good=True)
    assert mail.try_again(number, by=world.user("administrator"), at=now())
    mail.take(number, now())
    mail.sent(number, earlier, now())
    assert one().status is S.SENDING


# By hand ------------------------------------------------------------------------------------------------


def test_an_administrator_has_a_failed_letter_tried_again(server, world):
    accepted(world, "nobody@example.cn")
    jobs.send_mail()
    lives_at(world, "owner", "owner@example.cn")
    assert mail.try_again(one().id, by=world.user("administrator"), at=now())
    assert jobs.send_mail() == (1, 0)
    assert len(server.letters()) == 1
    assert not mail.try_again(one().id, by=world.user("administrator"), at=now()), "what was sent is not sent again"
    with pytest.raises(NotDone):
        mail.try_again(one().id, by=world.user("officer"), at=now())


def test_a_second_try_bears_the_same_key(server, world):
    accepted(world, "slow@example.cn")
    jobs.send_mail()
    mail.try_again(one().id, by=world.user("administrator"), at=now())
    jobs.send_mail()
    first, second = server.letters()
    assert first["Message-ID"] == second["Message-ID"] == f"<tailin-{one().id}@example.cn>"


def test_the_command_sends_once_and_says_how_many(app, server, world):
    accepted(world, "nobody@example.cn", "second@example.cn")
    db.session.remove()
    done = app.test_cli_runner().invoke(args=["mail", "send"])
    assert (done.exit_code, done.stdout) == (1, "已发出1封邮件。\n")
    assert "有1封邮件没有发出。" in done.stderr
    assert "待发" not in done.stderr  # that one failed for good, and nothing waits
    app.config["MAIL_HOST"] = ""
    assert "MAIL_HOST" in app.test_cli_runner().invoke(args=["mail", "send"]).output


def test_the_command_says_how_many_letters_wait_and_from_when_they_are_tried_again(app, world, clock):
    reached_by(app, closed_port())
    accepted(world)
    done = app.test_cli_runner().invoke(args=["mail", "send"])
    again = formats.instant(one().not_before)
    assert one().not_before > clock.at
    assert done.stderr.endswith(f"有1封邮件没有发出。\n还有1封邮件待发，{again}起重试。\n")


def test_a_change_of_address_leaves_a_link_without_the_address(app, world):
    people.set_email(world.people["owner"], "owner@example.cn", by=world.user("administrator"), at=now())
    assert db.session.get_one(User, world.people["owner"]).email == "owner@example.cn"
    with pytest.raises(NotDone):
        people.set_email(world.people["owner"], "x@example.cn", by=world.user("officer"), at=now())


# The way there ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for localhost that only this test trusts."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run(
        [*made, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return cert, key


def test_the_conversation_is_closed_and_signed_in(app, world, certificate, tmp_path, monkeypatch, clock):
    with running(tmp_path / "closed", "--tls", *certificate) as closed:
        secured = {"MAIL_HOST": "localhost", "MAIL_TLS": "starttls", "MAIL_USER": USER.decode()}
        reached_by(app, closed.port, **secured, MAIL_PASSWORD="wrong", MAIL_TIMEOUT=5)
        accepted(world)
        jobs.send_mail()
        assert one().trouble is Trouble.TLS, "nobody vouches for this server"
        monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
        clock.move(hours=1)
        jobs.send_mail()
        assert (one().trouble, one().reply) == (Trouble.SIGN_IN, 535)
        app.config["MAIL_PASSWORD"] = PASSWORD.decode()
        clock.move(hours=1)
        assert jobs.send_mail() == (1, 0)
        assert len(closed.letters()) == 1


def test_a_server_without_encryption_gets_neither_letter_nor_password(app, server, world):
    reached_by(app, server.port, MAIL_TLS="starttls", MAIL_USER="tanhui", MAIL_PASSWORD="secret")
    accepted(world)
    assert jobs.send_mail() == (0, 1)
    assert (one().status, one().trouble) == (S.WAITING, Trouble.TLS)
    assert server.letters() == []


def test_the_pause_of_the_slow_server_is_longer_than_our_patience(app, server):
    assert app.config["MAIL_TIMEOUT"] < SLOW_S
