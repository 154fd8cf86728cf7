"""Where letters go: the person's own setting, the administrator's correction, and letters in trouble."""

import re

import pytest

from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, Mail, MailStatus, Trouble, User
from registry.services import mail
from tests.town import Town, problems

SERVER = {"MAIL_HOST": "mail.example.cn", "MAIL_FROM": "tanhui@example.cn"}


@pytest.fixture
def letter(town: Town) -> int:
    """The number of a letter that failed, about a case that was accepted."""
    town.client.application.config.update(SERVER)
    set_mail(town, "owner", "owner@example.cn")
    case_id, _number = town.case("submitted")
    town.behind(case_id, "accept", "officer")
    with town.inside():
        number = db.session.query(Mail.id).one()[0]
        a_try = mail.take(number, now())
        mail.refused(number, a_try, now(), Trouble.ADDRESS, 550, for_good=True)
    return number


def set_mail(town: Town, who: str, email: str, status: int = 302, **more: str) -> str:
    sent = {"email": email, "wants_mail": "y"} | more
    answer = town.be(who).post("/account/letters", data={k: v for k, v in sent.items() if v})
    assert answer.status_code == status, answer.text
    return answer.text


def user(town: Town, who: str) -> User:
    with town.inside():
        found = town.world.user(who)
        db.session.expunge(found)
        return found


def test_a_person_sets_the_address_switches_mail_off_and_has_the_address_forgotten(town):
    assert user(town, "owner").wants_mail
    set_mail(town, "owner", "owner@example.cn", wants_mail="")
    assert (user(town, "owner").email, user(town, "owner").wants_mail) == ("owner@example.cn", False)
    assert 'value="owner@example.cn"' in town.page("owner", "/account")
    set_mail(town, "owner", "")
    assert (user(town, "owner").email, user(town, "owner").wants_mail) == (None, True)
    with town.inside():
        events = db.session.query(AuditEvent).filter_by(action="set_email").all()
        assert [e.actor_role for e in events] == ["self", "self"]
        assert not [e for e in events if b"example" in e.canonical]


def test_an_address_that_is_none_is_sent_back_with_what_was_typed(town):
    page = set_mail(town, "owner", "owner.example.cn", status=422)
    assert problems(page) == ["Enter an e-mail address such as name@example.cn"]
    assert 'value="owner.example.cn"' in page
    assert user(town, "owner").email is None


def test_the_page_says_when_no_mail_is_sent(town):
    words = "This site sends no mail at present"
    assert words in town.page("owner", "/account")
    town.client.application.config.update(SERVER)
    assert words not in town.page("owner", "/account")
    assert "MAIL_HOST" not in town.page("administrator", "/admin/mail")


def test_the_administrator_corrects_an_address(town):
    user_id = town.world.people["owner"]
    page = town.be("administrator").post(f"/admin/users/{user_id}/email", data={"contact-email": "x"})
    assert page.status_code == 422
    assert problems(page.text) == ["Enter an e-mail address such as name@example.cn"]
    done = town.client.post(f"/admin/users/{user_id}/email", data={"contact-email": "owner@example.cn"})
    assert done.status_code == 302
    assert user(town, "owner").email == "owner@example.cn"


def test_a_letter_in_trouble_is_listed_with_its_reason_and_without_its_case(town, letter):
    page = town.page("administrator", "/admin/mail")
    for words in ("owner@example.cn", "The mail server does not take mail for this address", "550", "Failed"):
        assert words in page
    assert "TL2026" not in page
    assert "示例造林项目" not in page
    assert re.search(r"Mail\D*1", page.partition("<nav")[2].partition("</nav>")[0]), "the navigation counts it"


@pytest.mark.parametrize("chosen", ["one", "all"])
def test_the_administrator_has_letters_tried_again(town, letter, chosen):
    sent = {"letter": str(letter) if chosen == "one" else "all"}
    assert town.be("administrator").post("/admin/mail/retry", data=sent).status_code == 302
    with town.inside():
        assert db.session.get_one(Mail, letter).status is MailStatus.WAITING
        event = db.session.query(AuditEvent).filter_by(action="retry_mail").one()
        assert (event.subject_kind, event.subject_id) == ("mail", letter)
    page = town.page("administrator", "/admin/mail")
    assert "1 letter will be tried again" in page
    assert "No letter is in trouble" in page
    town.client.post("/admin/mail/retry", data=sent)
    assert "There is no such letter to try again" in town.client.get("/admin/mail").text


@pytest.mark.parametrize("chosen", ["", "x", "-1", "１", "9" * 12])
def test_a_number_that_is_none_is_refused(town, letter, chosen):
    assert town.be("administrator").post("/admin/mail/retry", data={"letter": chosen}).status_code == 400


def test_nobody_else_sees_or_retries_letters(town, letter):
    for who in ("owner", "officer", "auditor"):
        assert town.be(who).get("/admin/mail").status_code == 403
        assert town.client.post("/admin/mail/retry", data={"letter": str(letter)}).status_code == 403
