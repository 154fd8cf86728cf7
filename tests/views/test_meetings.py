"""Meetings on their pages: planned, tabled, opened, noted; what the agenda, the room and the inbox show to whom."""

import html
import re

import pytest
from sqlalchemy import select

from registry.extensions import db
from registry.models import Attendance, Meeting
from registry.queries import meetings as ask
from tests import factories
from tests.town import Town, problems
from workflows.states import MeetingState

GOOD = {"held_on": "２０２６年３月２日", "starts_at": "９：３０", "place": "三楼会议室"}


def planned(town: Town, **typed: str) -> int:
    """Plan a meeting on the page; its id."""
    town.be("secretary")
    answer = town.client.post("/meetings/plan", data={**GOOD, **typed})
    assert answer.status_code == 302, html.unescape(answer.text)
    return int(answer.headers["Location"].rpartition("/")[2])


def version(town: Town, meeting_id: int) -> int:
    with town.inside():
        return db.session.get_one(Meeting, meeting_id).version


def do(town: Town, who: str, meeting_id: int, action: str, status: int = 302, **data) -> str:
    """Open the page of an act on a meeting, then send it; the page that came back."""
    path = f"/meetings/{meeting_id}/act/{action}"
    town.page(who, path)
    answer = town.client.post(path, data={"seen": version(town, meeting_id), **data})
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def ids(town: Town, *who: str) -> list[str]:
    return [str(town.world.people[w]) for w in who]


@pytest.fixture
def tabled(town: Town) -> tuple[int, int, str]:
    """(meeting, case, number): a case on the agenda of today's meeting."""
    case_id, number = town.case("risk_review")
    meeting_id = planned(town)
    town.behind(case_id, "table", "secretary", meeting=meeting_id)
    return meeting_id, case_id, number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("9:00", "09:00"), ("９：３０", "09:30"), ("0915", "09:15"), ("14.30", "14:30"), ("9点半", "09:30"),
     ("下午2点", "14:00"), ("上午9时05分", "09:05"), ("2 pm", "14:00"), ("9", "09:00")],
)  # fmt: skip
def test_the_hour_is_taken_as_people_write_it(town: Town, typed: str, kept: str) -> None:
    meeting_id = planned(town, starts_at=typed)
    with town.inside():
        assert db.session.get_one(Meeting, meeting_id).starts_at == kept


def test_a_meeting_that_is_not_filled_in_keeps_what_was_typed(town: Town) -> None:
    town.be("secretary")
    answer = town.client.post("/meetings/plan", data={"held_on": "2026-02-01", "starts_at": "25:00", "place": "三楼"})
    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert problems(text) == [
        "That day has passed; enter today or a later day",
        "There is no such time; enter a time such as 9:00",
    ]
    assert 'value="25:00"' in text
    assert 'value="三楼"' in text


def test_a_meeting_has_the_number_of_its_year_in_the_bureaus_own_form(town: Town) -> None:
    first = planned(town)
    town.client.application.config["MEETING_NUMBER"] = "岱林会〔{year}〕第{n}次"
    second = planned(town)
    with town.inside():
        numbers = [db.session.get_one(Meeting, m).number for m in (first, second)]
    assert numbers == ["泰林碳会〔2026〕1号", "岱林会〔2026〕第2次"]


def test_only_the_secretary_plans_and_only_the_groups_own_people_see(town: Town) -> None:
    meeting_id = planned(town)
    assert town.be("chair").get("/meetings/plan").status_code == 403
    for who in ("chair", "member1", "officer", "legal", "auditor", "supervisor"):
        town.page(who, f"/meetings/{meeting_id}")
    for who in ("owner", "eco", "administrator"):
        assert town.be(who).get(f"/meetings/{meeting_id}").status_code == 403


def test_a_meeting_of_another_body_looks_like_none(town: Town) -> None:
    with town.inside():
        other = type(town.world)(body=factories.a_body(key="county"))
        elsewhere = other.meeting()
    for path in (f"/meetings/{elsewhere}", f"/meetings/{elsewhere}/room", f"/meetings/{elsewhere}/act/open_meeting"):
        assert town.be("chair").get(path).status_code == 404


def test_a_case_that_cannot_be_tabled_says_what_is_missing(town: Town) -> None:
    _case, ready = town.case("risk_review")
    _other, lacking = town.case("risk_review", parcels=_state_land())
    meeting_id = planned(town)
    text = town.page("secretary", f"/meetings/{meeting_id}/candidates")
    lines = {number: text.partition(number)[2].partition("</tr>")[0] for number in (ready, lacking)}
    assert f"/cases/{ready}/act/table?meeting={meeting_id}" in lines[ready]
    assert "A legal review, with its time, of state or collectively managed land" in lines[lacking]
    assert "act/table" not in lines[lacking]


def _state_land() -> dict[str, object]:
    from tests.world import PARCEL

    return {"parcels": [{**PARCEL, "tenure": "state", "title_document": "real_estate_certificate"}]}


def test_the_roll_notes_only_who_came_and_who_left(town: Town, tabled: tuple[int, int, str]) -> None:
    meeting_id, _case_id, _number = tabled
    do(town, "chair", meeting_id, "open_meeting")
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, "chair", "member1"))
    shown = town.page("secretary", f"/meetings/{meeting_id}/act/note_attendance")
    assert len(re.findall(r"<input[^>]* checked", shown)) == 2
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, "chair", "member2"))
    with town.inside():
        lines = db.session.execute(select(Attendance.user_id, Attendance.present).order_by(Attendance.id)).all()
    people = town.world.people
    assert [tuple(line) for line in lines] == [
        (people["chair"], True),
        (people["member1"], True),
        (people["member2"], True),
        (people["member1"], False),
    ]
    text = town.page("auditor", f"/meetings/{meeting_id}")
    assert "2 of 9 in the room" in text


def test_a_page_made_before_the_meeting_moved_is_told_what_happened(town: Town, tabled: tuple[int, int, str]) -> None:
    meeting_id, _case_id, _number = tabled
    seen = version(town, meeting_id)
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, "chair"))
    town.be("secretary")
    data = {"seen": seen, "held_on": "2026-03-05", "starts_at": "10:00", "place": "二楼会议室"}
    answer = town.client.post(f"/meetings/{meeting_id}/act/change_meeting", data=data)
    text = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "The roll was noted" in text
    assert "二楼会议室" in text


def test_a_meeting_is_not_opened_before_its_day_and_says_why(town: Town) -> None:
    case_id, _number = town.case("risk_review")
    meeting_id = planned(town, held_on="2026-03-05")
    town.behind(case_id, "table", "secretary", meeting=meeting_id)
    text = do(town, "chair", meeting_id, "open_meeting", status=422)
    assert "The meeting is set for 5 March 2026" in html.unescape(text).replace("\xa0", " ")
    assert "call_vote" not in town.waits("chair")


def test_the_inbox_asks_for_a_vote_once_the_question_is_put_and_only_those_in_the_room(
    town: Town, tabled: tuple[int, int, str]
) -> None:
    meeting_id, case_id, _number = tabled
    assert town.waits("chair") == ["call_vote"]  # the day has come: open the meeting
    do(town, "chair", meeting_id, "open_meeting")
    assert town.waits("chair") == []
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, "chair", "member1", "member2"))
    assert town.waits("chair") == ["adjourn"]
    here = ("chair", *(f"member{n}" for n in range(1, 6)))
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, *here))
    assert (town.waits("chair"), town.waits("member1")) == (["call_vote"], [])
    town.send("chair", case_id, "call_vote")
    assert [town.waits(w) for w in ("member1", "member6", "deputy", "chair")] == [["vote"], [], [], []]
    for who in here[1:]:
        town.behind(case_id, "vote", who, choice="for", reasons="Good")
    assert town.waits("chair") == ["vote"]
    town.behind(case_id, "vote", "chair", choice="for", reasons="Good")
    assert town.waits("chair") == ["approve_risk"]


def test_a_question_put_to_a_room_that_empties_waits_to_be_adjourned(town: Town, tabled: tuple[int, int, str]) -> None:
    meeting_id, case_id, _number = tabled
    with town.inside():
        town.world.convene(meeting_id)
    town.behind(case_id, "call_vote", "chair")
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, "chair", "member1"))
    assert (town.waits("chair"), town.waits("member1"), town.waits("member2")) == (["adjourn"], ["vote"], [])
    town.send("chair", case_id, "adjourn", words="Too few are left")
    assert town.waits("secretary") == ["table"]


def test_a_deputy_finds_the_question_where_the_chair_is_away(town: Town, tabled: tuple[int, int, str]) -> None:
    meeting_id, case_id, _number = tabled
    do(town, "deputy", meeting_id, "open_meeting")
    here = ("deputy", *(f"member{n}" for n in range(1, 7)))
    do(town, "secretary", meeting_id, "note_attendance", present=ids(town, *here))
    assert (town.waits("deputy"), town.waits("chair")) == (["call_vote"], [])
    town.send("deputy", case_id, "call_vote")


def test_who_stands_aside_reads_that_and_no_name(town: Town, tabled: tuple[int, int, str]) -> None:
    meeting_id, _case_id, number = tabled
    name = "示例造林项目"
    assert name in town.page("member1", f"/meetings/{meeting_id}")
    town.be("member1")
    path = f"/cases/{number}/act/declare_recusal"
    with town.inside():
        seen = town.world.case(tabled[1]).version
    answer = town.client.post(path, data={"seen": seen, "ground": "relatives_employer", "words": ""})
    assert answer.headers["Location"].endswith(f"/meetings/{meeting_id}")
    for below in ("", "/room", "/agenda", "/room/live", "/history"):
        text = town.page("member1", f"/meetings/{meeting_id}{below}")
        assert name not in text, below
        assert number not in text, below
    assert "You stand aside from this item" in town.page("member1", f"/meetings/{meeting_id}")
    assert town.be("member1").get(f"/cases/{number}").status_code == 404
    aside = town.page("member2", f"/meetings/{meeting_id}")
    assert "A near relative works for a party (declared by the member)" in aside
    assert name not in town.page("member1", "/opinions")
    assert "Stood aside" in town.page("member1", "/opinions")


def test_the_room_proves_the_quorum_and_keeps_votes_closed_until_the_end(
    town: Town, tabled: tuple[int, int, str]
) -> None:
    meeting_id, case_id, _number = tabled
    room = f"/meetings/{meeting_id}/room"
    assert "Roll not noted" in town.page("secretary", room)
    with town.inside():
        town.world.convene(meeting_id, "chair", "member1", "member2")
    short = town.page("secretary", f"{room}/live?item=1")
    assert "9 members in the group, 0 standing aside, a quorum is 6, 3 in the room: no vote can be taken." in short
    everybody = ids(town, *town.world.voters)
    do(town, "secretary", meeting_id, "note_attendance", present=everybody)
    town.behind(case_id, "call_vote", "chair")
    town.behind(case_id, "vote", "member1", choice="against", reasons="Too dear")
    during = town.page("secretary", f"{room}/live?item=1")
    assert ("1 has voted" in during, "Against" in during, "Too dear" in during) == (True, False, False)
    for who in ("deputy", *(f"member{n}" for n in range(2, 8)), "chair"):
        town.behind(case_id, "vote", who, choice="for", reasons="Good")
    town.behind(case_id, "approve_risk", "chair", words="Approved", conditions=[])
    after = town.page("secretary", f"{room}/live?item=1")
    assert "Against" in after
    assert town.be("secretary").get(f"{room}?item=7").status_code == 404


def test_a_meeting_is_closed_when_nothing_is_left_and_stands_among_the_past(
    town: Town, tabled: tuple[int, int, str]
) -> None:
    meeting_id, case_id, _number = tabled
    do(town, "chair", meeting_id, "open_meeting")
    text = do(town, "chair", meeting_id, "close_meeting", status=422)
    assert "Items neither decided, adjourned nor taken off: 1." in text
    town.behind(case_id, "adjourn", "secretary", words="Nobody came")
    do(town, "chair", meeting_id, "close_meeting")
    with town.inside():
        assert db.session.get_one(Meeting, meeting_id).state is MeetingState.HELD
        assert [h.items for h in ask.past(town.world.user("chair"), 2026)] == [1]
    shown = town.page("chair", "/meetings")
    assert "March 2026" in shown
    with town.inside():
        led = f"{town.world.user('chair').name}, Chair of the leading group"
    own = f"/meetings/{meeting_id}"
    assert led in town.page("secretary", own).partition("Presided over by")[2].partition("Opened at")[0]
    with town.client.session_transaction() as session:
        session["language"] = "zh"
    assert '<h1><span class="nowrap">2026年3月2日</span>星期一会议</h1>' in town.client.get(own).text
    history = town.page("auditor", f"/meetings/{meeting_id}/history")
    said = ("The meeting was planned", "Item 1: The case was tabled", "want of a quorum", "The meeting was closed")
    assert all(words in history for words in said)


def test_my_opinions_are_found_by_case(town: Town, tabled: tuple[int, int, str]) -> None:
    meeting_id, case_id, number = tabled
    with town.inside():
        town.world.convene(meeting_id)
    town.behind(case_id, "call_vote", "chair")
    town.behind(case_id, "vote", "member1", choice="abstain", reasons="The boundary is not clear")
    assert "The boundary is not clear" in town.page("member1", f"/opinions?q={number[-6:]}")
    assert "No opinion of yours fits this search" in town.page("member1", "/opinions?q=nothing")
    assert "The boundary is not clear" not in town.page("member2", "/opinions")
    assert town.be("secretary").get("/opinions").status_code == 403


def test_a_proposed_recusal_waits_for_who_presides_or_where_it_is_about_them_for_a_deputy(
    town: Town, tabled: tuple[int, int, str]
) -> None:
    _meeting_id, case_id, _number = tabled
    people = town.world.people
    town.behind(case_id, "propose_recusal", "secretary", member=people["member1"], ground="other_tie", words="A tie")
    assert "decide_recusal" in town.waits("chair")
    assert "decide_recusal" not in town.waits("deputy")
    town.behind(case_id, "propose_recusal", "secretary", member=people["chair"], ground="other_tie", words="A tie")
    assert "decide_recusal" in town.waits("deputy")
    shown = town.page("chair", f"/cases/{_number}/act/decide_recusal")
    assert "A tie" in shown
