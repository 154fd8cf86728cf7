"""What an officer reads on the sheet, the notice and the inbox: what is needed, no more, and the same everywhere."""

import html
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from registry.permissions import SEES
from registry.queries import inbox
from tests.views.test_applicant import signed_in
from tests.world import PARCEL, World
from workflows.states import TitleDocument

WAYS = ("X01", "X02", "X03", "S16")


@pytest.fixture
def world(client: FlaskClient, clock) -> World:
    with client.application.app_context():
        return World()


def made(client: FlaskClient, world: World, state: str, scheme: str = "ccer", **changed) -> tuple[int, str]:
    with client.application.app_context():
        case_id = world.advance(world.draft(scheme, **changed), state)
        return case_id, world.case(case_id).number or ""


def page(client: FlaskClient, world: World, who: str, path: str) -> str:
    response = signed_in(client, world.people[who]).get(path)
    assert response.status_code == 200, response.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def screened(client: FlaskClient, world: World, case_id: int, **verdicts: str) -> None:
    with client.application.app_context():
        world.screen(case_id, **verdicts)


# --- the ways to additionality ---


def test_the_sheet_counts_the_ways_to_additionality_as_one(client, world):
    case_id, number = made(client, world, "methodology_screening")
    text = page(client, world, "officer", f"/cases/{number}/screening")
    assert "18 conditions do not stand as met" in text  # A01 to A17, and one of four
    assert "one of X01, X02, X03, S16" in text
    assert "Additionality: one of these is enough None met yet" in text
    screened(client, world, case_id, **dict.fromkeys(WAYS, "not_met"))
    text = page(client, world, "officer", f"/cases/{number}/screening")
    assert "1 condition does not stand as met by two officers who have signed: one of X01, X02, X03, S16" in text


def test_one_way_that_two_officers_find_met_is_enough(client, world):
    case_id, number = made(client, world, "methodology_screening")
    screened(client, world, case_id, X01="not_met", X03="not_met", S16="cannot_tell")
    text = page(client, world, "officer", f"/cases/{number}/screening")
    assert "Met by X02" in text
    assert "Every condition is met and the sheet is signed." in text
    assert "do not stand as met" not in text


# --- a standard whose conditions are not on file ---


def test_a_standard_without_conditions_says_so_in_the_inbox_and_on_the_sheet(client, world):
    _case_id, number = made(client, world, "methodology_screening", "other_standard")
    listed = page(client, world, "officer", "/inbox")
    assert "The conditions of this standard are not on file yet: ask for corrections" in listed
    assert "sign the screening sheet" not in listed
    sheet = page(client, world, "officer", f"/cases/{number}/screening")
    assert "This case cannot be screened yet" in sheet
    assert "does not go on to risk review" in sheet
    for act in ("request_correction", "decline", "suspend"):
        assert f'href="/cases/{number}/act/{act}"' in client.get(f"/cases/{number}/screening").text
    assert "The conditions of this standard are not on file yet" in page(client, world, "officer", f"/cases/{number}")
    # A member reads why, without acts that are not theirs.
    assert "What you can do until then" not in page(client, world, "supervisor", f"/cases/{number}/screening")


def test_a_signed_empty_sheet_does_not_ask_for_the_screening_to_be_closed(client, world):
    case_id, _number = made(client, world, "methodology_screening", "other_standard")
    with client.application.app_context():
        for who in ("officer", "officer2"):
            world.act(case_id, "sign_screening", who)
        items = inbox.waiting(world.user("officer"))
        assert [(i.act, i.why) for i in items] == [("sign_screening", "no_conditions")]


# --- whose turn it is ---


def turn(text: str) -> str:
    found = re.search(r"Whose turn (.*?) since .*? Next (.*?) What I can do", text)
    assert found, text[:2000]
    return f"{found[1]} | {found[2]}"


@pytest.mark.parametrize(
    "fault", [{"disputed": True}, {"title_document": TitleDocument.NONE.value}, {"coowner_consent": "no"}]
)
def test_a_title_in_question_is_the_secretarys_turn_on_the_page_as_in_the_inbox(client, world, fault):
    _case_id, number = made(client, world, "risk_review", parcels={"parcels": [{**PARCEL, **fault}]})
    words = "The title is in question: the case cannot be tabled until this is settled"
    assert turn(page(client, world, "officer", f"/cases/{number}")) == f"Secretary of the task force | {words}"
    assert words in page(client, world, "secretary", "/inbox")
    assert "Nothing waits for you" in page(client, world, "chair", "/inbox")


def test_the_turn_moves_with_what_has_come_in(client, world):
    land = {"parcels": [{**PARCEL, "tenure": "collective_managed"}]}
    case_id, number = made(client, world, "risk_review", parcels=land)

    def who() -> str:
        return turn(page(client, world, "officer", f"/cases/{number}")).partition(" | ")[0]

    def behind(action: str, by: str, **data: object) -> None:
        with client.application.app_context():
            world.act(case_id, action, by, **data)

    assert who() == "Task force"
    behind("send_for_legal_review", "officer")
    assert who() == "Legal reviewer"
    behind("give_legal_opinion", "legal", conclusion="favourable", words="同意", time_sufficient=True)
    assert who() == "Secretary of the task force"
    with client.application.app_context():
        world.sit(case_id)
    assert who() == "Leading group"
    for voter in [*world.voters[1:], "chair"]:
        behind("vote", voter, choice="for", reasons="理由充分")
    assert who() == "Chair of the leading group"


@pytest.mark.parametrize(
    "state", ["submitted", "methodology_screening", "risk_review", "validation", "registration", "registered"]
)
@pytest.mark.both_engines
def test_whoever_the_page_waits_for_finds_the_case_in_the_inbox_and_nobody_else_does(client, world, state):
    case_id, _number = made(client, world, state, "local_ticket")
    with client.application.app_context():
        case = world.case(case_id)
        roles = {t.role for t in inbox.turns(case)}
        assert roles  # an entry waits until its decision is delivered
        people = {
            "proponent": "owner",
            "legal_reviewer": "legal",
            "ecology_environment": "eco",
            "case_officer": "officer",
        }
        for role in SEES:
            who = people.get(role.value, role.value)
            if who in world.people:
                waits = case_id in [i.case_id for i in inbox.waiting(world.user(who))]
                assert waits is (role in roles), (state, role)


# --- the correction notice ---


def test_the_notice_offers_what_was_answered_and_no_sum(client, world):
    _case_id, number = made(client, world, "submitted")
    notice = page(client, world, "officer", f"/cases/{number}/act/request_correction")
    assert "东坡: Area" in notice
    assert "Area of all parcels" not in notice
    assert "Area of all parcels" in page(client, world, "officer", f"/cases/{number}/application")


def test_a_changed_parcel_is_one_change_without_the_sum_beside_it(client, world):
    case_id, number = made(client, world, "submitted")
    with client.application.app_context():
        fault = {"field": "parcels.p1.area", "what": "面积与图不符"}
        world.act(case_id, "request_correction", "officer", faults=[fault], late_reason=None)
        world.save(case_id, "parcels", {"parcels": [{**PARCEL, "area": "500", "area_mu": "500"}]})
        world.act(case_id, "resubmit", "owner")
    changes = page(client, world, "officer", f"/cases/{number}/changes")
    assert "500 mu" in changes
    assert "Area of all parcels" not in changes


# --- what a page costs ---


@pytest.fixture
def asked() -> Iterator[list[str]]:
    statements: list[str] = []

    def listen(_conn, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    yield statements
    event.remove(Engine, "before_cursor_execute", listen)


def test_a_case_page_asks_no_question_for_each_member_or_paper(client, world, asked):
    case_id, number = made(client, world, "risk_review")
    with client.application.app_context():
        world.sit_and_speak(case_id)
        world.act(case_id, "approve_risk", "chair", conditions=[], words="同意")
    officer = signed_in(client, world.people["officer"])
    asked.clear()
    assert officer.get(f"/cases/{number}").status_code == 200
    statement, times = Counter(asked).most_common(1)[0]
    assert times <= 3, (times, statement)  # nine members, as many papers


def test_the_inbox_is_read_once_a_page(client, world, asked):
    made(client, world, "submitted")
    officer = signed_in(client, world.people["officer"])
    officer.get("/inbox")
    asked.clear()
    officer.get("/inbox")
    assert sum("FROM cases" in s and "proponent_org" in s and "LEFT OUTER JOIN organisations" in s for s in asked) == 1
