"""The pages of minutes: who reads what, what is confirmed, corrected and issued on them, and what they are told."""

import json

import pytest
from bs4 import BeautifulSoup

from registry import jobs
from registry.extensions import db
from registry.models import Meeting, MinutesPage, Paper
from registry.security import sessions
from tests.council import BAD, OVERRULED, a_meeting
from tests.documents.samples import needs_poppler, signs_of_page, signs_of_pdf
from tests.steps.story import _kept, _put_back
from tests.world import World
from workflows.states import MeetingState

HELD = []
"""The database of the meeting just closed, told once: it takes two hundred acts."""


class Reader:
    """A browser without a window that can be anybody of a world."""

    def __init__(self, client, clock):
        self.client = client
        if not HELD:
            with client.application.app_context():
                council = a_meeting(World(), clock)
            HELD.append((_kept(client), council, clock.at))
        content, self.council, clock.at = HELD[0]
        _put_back(client, content)
        self.world, self.meeting = self.council.world, self.council.meeting

    def sign_in(self, who, language="en"):
        with self.client.application.test_request_context():
            self.client.set_cookie("sid", sessions.start(self.world.people[who]))
        with self.client.session_transaction() as session:
            session["language"] = language

    def open(self, who, under="", language="en"):
        self.sign_in(who, language)
        return self.client.get(f"/meetings/{self.meeting}/minutes{under}")

    def read(self, who, language="en"):
        answer = self.open(who, language=language)
        assert answer.status_code == 200, answer.text
        return BeautifulSoup(answer.text, "html.parser").main

    def send(self, who, action, seen=None, **data):
        self.sign_in(who)
        with self.client.application.app_context():
            version = db.session.get_one(Meeting, self.meeting).version
        path = f"/meetings/{self.meeting}/minutes/{action}"
        return self.client.post(path, data={"seen": version if seen is None else seen, **data})

    def confirm(self, *people):
        for who in people:
            assert self.send(who, "confirm_minutes", read="y").status_code == 302

    def issue(self):
        self.confirm("chair", "deputy", "member3", "member4")
        assert self.send("secretary", "issue_minutes").status_code == 302
        with self.client.application.app_context():
            jobs.make_papers()

    def papers(self):
        with self.client.application.app_context():
            rows = db.session.query(Paper).filter_by(meeting_id=self.meeting).order_by(Paper.id)
            return [(p.id, p.number, p.code, json.loads(p.content)) for p in rows]


@pytest.fixture
def minutes(client, clock):
    return Reader(client, clock)


def names_of(main):
    return [a.text for a in main.select(".actions a")]


def test_each_is_offered_what_is_theirs_to_do(minutes):
    assert names_of(minutes.read("chair")) == ["Confirm the minutes"]
    assert names_of(minutes.read("member7")) == []  # was not there
    assert names_of(minutes.read("secretary")) == ["Issue the minutes", "Add a correction to the minutes"]
    assert names_of(minutes.read("auditor")) == []
    minutes.confirm("chair")
    assert names_of(minutes.read("chair")) == []


def test_the_page_says_whose_confirmation_is_missing(minutes):
    told = minutes.read("secretary").select_one("[role=status]").text
    with minutes.client.application.app_context():
        names = [minutes.world.user(w).name for w in ("chair", "deputy")]
    assert f"{names[0]}, Chair of the leading group" in told
    assert f"{names[1]}, Deputy chair of the leading group" in told
    assert "2 members of those present" in told
    minutes.confirm("chair", "deputy", "member3", "member4")
    assert minutes.read("secretary").select_one("[role=status]").text.startswith("Every page is confirmed")


@needs_poppler
@pytest.mark.parametrize("corrected", [False, True])
def test_the_page_says_what_the_paper_says_no_less_and_no_more(minutes, corrected):
    minutes.issue()
    if corrected:
        assert (
            minutes.send("secretary", "correct_minutes", item="3", wrong="反对2票", right="反对3票").status_code == 302
        )
        minutes.issue()
    paper_id, number, _code, said = minutes.papers()[-1]
    assert ("更正" in number) is corrected
    page = minutes.open("secretary").text
    with minutes.open("secretary", f"/{paper_id}/pdf") as pdf:
        assert signs_of_page(page, said) == signs_of_pdf(pdf.data, said)


def test_who_stood_aside_reads_the_rest_and_gets_neither_the_item_nor_the_pdf(minutes):
    minutes.issue()
    paper_id = minutes.papers()[0][0]
    seen = minutes.read("member1").text
    assert "You stood aside from this item." in seen
    assert BAD not in seen.partition("议题1")[2].partition("议题2")[0]
    assert "示例第1造林项目" not in seen
    assert OVERRULED in seen
    assert "it is not handed to those who may not read every item" in seen
    assert minutes.open("member1", f"/{paper_id}/pdf").status_code == 404
    with minutes.open("secretary", f"/{paper_id}/pdf") as answer:
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_people_without_a_seat_in_the_body_see_no_minutes(minutes):
    assert minutes.open("owner").status_code == 403
    assert minutes.open("administrator").status_code == 403


def test_without_the_tick_nothing_is_confirmed(minutes):
    answer = minutes.send("chair", "confirm_minutes")
    assert answer.status_code == 422
    assert "Tick the box to confirm" in answer.text
    assert names_of(minutes.read("chair")) == ["Confirm the minutes"]


def test_an_early_issue_says_what_is_missing_and_where_the_rule_stands(minutes):
    answer = minutes.send("secretary", "issue_minutes")
    assert answer.status_code == 422
    assert "of who presided 2, of members 2" in answer.text
    assert "/rules/S29" in answer.text


def test_a_correction_needs_both_words_and_keeps_what_was_typed(minutes):
    answer = minutes.send("secretary", "correct_minutes", wrong="", right="反对2票")
    assert answer.status_code == 422
    assert "Quote what is wrong" in answer.text
    assert "反对2票" in answer.text


def test_a_correction_is_shown_beside_the_text_it_corrects_and_issued_anew(minutes):
    minutes.issue()
    assert minutes.send("secretary", "correct_minutes", item="3", wrong="反对2票", right="反对3票").status_code == 302
    shown = minutes.read("secretary").article.text
    assert "更正页（第1次更正）" in shown
    assert "对本纪要议题3提出更正" in shown
    minutes.issue()
    (_id, first, code, _said), (_id2, second, _code2, _said2) = minutes.papers()
    minutes.client.delete_cookie("sid")
    checked = minutes.client.get(f"/verify/{code}").text
    assert first in checked
    assert f"superseded by {second}" in checked
    assert OVERRULED not in checked


def test_a_correction_of_an_item_one_stood_aside_from_is_hidden_too(minutes):
    assert minutes.send("secretary", "correct_minutes", item="1", wrong="甲误", right="乙正").status_code == 302
    assert "乙正" in minutes.read("member3").text
    assert "乙正" not in minutes.read("member1").text


def test_a_page_that_is_out_of_date_is_said_so_and_keeps_the_words(minutes):
    with minutes.client.application.app_context():
        old = db.session.get_one(Meeting, minutes.meeting).version
    assert minutes.send("secretary", "correct_minutes", wrong="甲", right="乙").status_code == 302
    answer = minutes.send("secretary", "correct_minutes", seen=old, wrong="丙误", right="丁正")
    assert answer.status_code == 409
    assert "丙误" in answer.text
    with minutes.client.application.app_context():
        assert db.session.query(MinutesPage).filter_by(meeting_id=minutes.meeting).count() == 2


def test_what_is_not_open_is_said_with_who_could(minutes):
    answer = minutes.open("chair", "/issue_minutes")
    assert answer.status_code == 409
    assert "secretary" in answer.text.lower()
    assert minutes.open("chair", "/nothing_such").status_code == 404
    with minutes.client.application.app_context():
        assert db.session.get_one(Meeting, minutes.meeting).state is MeetingState.HELD


def test_minutes_to_confirm_stand_in_the_inbox_and_among_the_notices(minutes):
    minutes.sign_in("member3")
    inbox = BeautifulSoup(minutes.client.get("/inbox").text, "html.parser")
    link = inbox.select_one("#minutes-waiting").find_parent("section").a
    assert (link.text, link["href"]) == ("Confirm the minutes", f"/meetings/{minutes.meeting}/minutes")
    assert inbox.select_one("nav .count, nav [aria-current] span") is not None
    notices = BeautifulSoup(minutes.client.get("/notices").text, "html.parser").main
    assert "The meeting was closed and its minutes drawn up" in notices.text
    assert notices.select_one(f"a[href='/meetings/{minutes.meeting}/minutes']")


def test_before_the_meeting_is_closed_the_page_says_when_there_will_be_minutes(client, clock):
    with client.application.app_context():
        world = World()
        meeting_id = world.meeting()
    with client.application.test_request_context():
        client.set_cookie("sid", sessions.start(world.people["secretary"]))
    answer = client.get(f"/meetings/{meeting_id}/minutes")
    assert answer.status_code == 200
    assert "还没有会议纪要" in answer.text
