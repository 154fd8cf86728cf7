"""The case page and acting: buttons are the table's, nothing typed is lost, a foreign case is a missing one."""

import io
import re

import pytest
from flask.testing import FlaskClient

from registry.clock import now
from registry.extensions import db
from registry.models import Document, User
from registry.permissions import roles_on
from registry.security import sessions
from registry.services import acts, facts, sheet_facts
from registry.services.policy import current
from tests.world import PARCEL, PDF, World
from workflows.project import PROJECT
from workflows.rules.procedure import MATTERS
from workflows.states import STAGES

EVERYBODY = ("owner", "vvb", "officer", "secretary", "legal", "eco", "supervisor", "auditor", "chair", "member1")


@pytest.fixture
def world(client: FlaskClient, clock) -> World:
    with client.application.app_context():
        return World()


@pytest.fixture
def case_at(client, world):
    """`case_at("validation", scheme=…)`: (id, number) of a case carried there."""

    def make(state: str, scheme: str = "ccer", **changed):
        with client.application.app_context():
            case_id = world.advance(world.draft(scheme, **changed), state)
            return case_id, world.case(case_id).number

    return make


@pytest.fixture
def as_(client, world):
    """Be somebody from now on."""

    def become(who: str) -> FlaskClient:
        with client.application.test_request_context():
            client.set_cookie("sid", sessions.start(world.people[who]))
        with client.session_transaction() as session:
            session["language"] = "en"
        return client

    return become


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.text
    return response.text


def buttons(text: str) -> list[str]:
    return re.findall(r'data-action="(\w+)"', text)


def version(client, world, case_id) -> int:
    with client.application.app_context():
        return world.case(case_id).version


def behind(client, world, case_id, action, who, **data):
    with client.application.app_context():
        return world.act(case_id, action, who, **data)


@pytest.mark.parametrize("state", [*(s.value for s in STAGES), "registered"])
def test_buttons_are_exactly_what_the_table_opens_to_each_role(client, world, case_at, as_, state):
    case_id, number = case_at(state, "local_ticket")
    seen = 0
    for who in EVERYBODY:
        with client.application.app_context():
            case = world.case(case_id)
            roles = roles_on(case_id, world.user(who))
            expected = [row.name for row in PROJECT.actions(case.state, roles)]
        response = as_(who).get(f"/cases/{number}")
        if response.status_code == 404:
            assert not any(case.state in _sees(r) for r in roles)
            continue
        assert buttons(response.text) == expected, who
        seen += 1
    assert seen >= 5


def _sees(role):
    from registry.permissions import SEES

    return SEES[role]


@pytest.mark.parametrize("state", ["submitted", "methodology_screening", "risk_review", "validation", "registration"])
def test_every_button_leads_to_a_page(client, world, case_at, as_, state):
    _case_id, number = case_at(state, "local_ticket")
    for who in EVERYBODY:
        shown = as_(who).get(f"/cases/{number}")
        if shown.status_code == 404:
            continue
        for link in re.findall(r'href="([^"]+)" data-action', shown.text):
            page(client, link.replace("&amp;", "&"))


def test_an_act_is_taken_and_the_page_says_so(client, world, case_at, as_):
    case_id, number = case_at("submitted")
    seen = version(client, world, case_id)
    response = as_("officer").post(f"/cases/{number}/act/accept", data={"seen": seen})
    assert response.status_code == 302
    text = page(client, response.location)
    assert "The application was accepted." in text
    assert "In methodology screening" in text


def test_a_stale_page_answers_409_says_who_did_what_and_keeps_the_text(client, world, case_at, as_):
    case_id, number = case_at("risk_review")
    seen = version(client, world, case_id)
    with client.application.app_context():
        meeting_id = world.table(case_id)
    typed = {"question": "risk_review", "meeting": meeting_id, "words": "Look at the price"}
    response = as_("secretary").post(f"/cases/{number}/act/table", data={"seen": seen, **typed})
    assert response.status_code == 409
    assert "Look at the price" in response.text
    assert "The case was tabled" in response.text
    with client.application.app_context():
        assert world.user("secretary").name in response.text


def test_a_refused_act_lists_everything_in_the_way_and_keeps_the_text(client, world, case_at, as_):
    parcel = {**PARCEL, "tenure": "collective_managed", "disputed": True}
    case_id, number = case_at("risk_review", parcels={"parcels": [parcel]})
    data = {"seen": version(client, world, case_id), "question": "risk_review", "words": "Look at the price"}
    with client.application.app_context():
        data["meeting"] = world.meeting()
    response = as_("secretary").post(f"/cases/{number}/act/table", data=data)
    assert response.status_code == 422
    summary = response.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert "S14" in summary
    assert "S18" in summary
    assert "Look at the price" in response.text
    assert version(client, world, case_id) == data["seen"]


def test_what_is_not_open_here_answers_409(client, world, case_at, as_):
    case_id, number = case_at("submitted")
    seen = version(client, world, case_id)
    assert "not open" in page(as_("officer"), f"/cases/{number}/act/register", 409)
    assert client.post(f"/cases/{number}/act/register", data={"seen": seen, "words": "x"}).status_code == 409
    assert as_("owner").post(f"/cases/{number}/act/accept", data={"seen": seen}).status_code == 409
    assert page(client, f"/cases/{number}/act/nonsense", 404)


def test_a_foreign_case_answers_like_a_missing_one(client, world, case_at, as_):
    _case_id, number = case_at("submitted")
    as_("stranger")
    for path in ("", "/act/accept", "/application", "/changes", "/documents/1", "/screening", "/audit"):
        foreign, missing = (_plain(page(client, f"/cases/{n}{path}", 404), n) for n in (number, "TL2026999999"))
        assert foreign == missing, path
    assert client.post(f"/cases/{number}/act/accept", data={"seen": 1}).status_code == 404


def _plain(text: str, number: str) -> str:
    """Without what differs from answer to answer: the request's id and the token of the form."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "…", text)
    text = re.sub(r"[0-9a-f]{8}-?[0-9a-f-]{8,}", "…", text)
    return text.replace(number, "…")


def test_papers_are_downloads_for_the_people_of_the_case_only(client, world, case_at, as_):
    case_id, number = case_at("submitted")
    other_id, _other = case_at("submitted")
    with client.application.app_context():
        paper, foreign = (db.session.query(Document).filter_by(case_id=c).first().id for c in (case_id, other_id))
    answer = as_("officer").get(f"/cases/{number}/documents/{paper}")
    assert answer.status_code == 200
    assert answer.data == PDF
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert page(client, f"/cases/{number}/documents/{foreign}", 404)
    assert page(as_("stranger"), f"/cases/{number}/documents/{paper}", 404)


def test_a_legal_opinion_and_its_paper_stay_in_the_bureau(client, world, case_at, as_):
    case_id, number = case_at("risk_review")
    data = {
        "seen": version(client, world, case_id),
        "conclusion": "conditional",
        "words": "Strike clause nine",
        "file": (io.BytesIO(PDF), "opinion.pdf"),
    }
    assert as_("legal").post(f"/cases/{number}/act/give_legal_opinion", data=data).status_code == 302
    with client.application.app_context():
        paper = db.session.query(Document).filter_by(case_id=case_id, kind="legal_opinion").one().id
    inside, outside = page(as_("chair"), f"/cases/{number}"), page(as_("owner"), f"/cases/{number}")
    assert "Strike clause nine" in inside
    assert "Favourable with conditions" in outside
    assert "Strike clause nine" not in outside
    assert page(client, f"/cases/{number}/documents/{paper}", 404)


def test_a_bad_file_is_refused_beside_its_field_and_leaves_no_opinion(client, world, case_at, as_):
    case_id, number = case_at("risk_review")
    data = {
        "seen": version(client, world, case_id),
        "conclusion": "favourable",
        "words": "In order",
        "file": (io.BytesIO(b"MZ\x90"), "opinion.pdf"),
    }
    response = as_("legal").post(f"/cases/{number}/act/give_legal_opinion", data=data)
    assert response.status_code == 422
    assert "In order" in response.text
    with client.application.app_context():
        assert facts.project_facts(world.case(case_id), current(), now().date()).legal is None


def test_a_validation_report_carries_its_five_matters(client, world, case_at, as_):
    case_id, number = case_at("validation")
    data = {
        "seen": version(client, world, case_id),
        "report_number": "V-1",
        "report_on": "2026-02-20",
        "conclusion": "favourable",
        "words": "All in order",
        "notice_url": "https://example.org/notice/1",
        "notice_from": "2026-01-05",
        "notice_to": "2026-02-01",
        **{f"{m}_met": "yes" for m in MATTERS},
        **{f"{m}_words": "In order" for m in MATTERS},
    }
    unmet = as_("vvb").post(f"/cases/{number}/act/file_validation", data={**data, "V4_met": "no"})
    assert unmet.status_code == 422
    assert "not met: V4" in unmet.text
    assert client.post(f"/cases/{number}/act/file_validation", data=data).status_code == 302
    assert "All in order" in page(as_("owner"), f"/cases/{number}")


def test_how_others_voted_stays_closed_until_the_sitting_ends(client, world, case_at, as_):
    case_id, number = case_at("risk_review")
    with client.application.app_context():
        world.sit(case_id)
    behind(client, world, case_id, "vote", "member1", choice="against", reasons="The price is too low")
    for who in ("member2", "member1", "officer", "owner"):
        assert "The price is too low" not in page(as_(who), f"/cases/{number}"), who
    assert "<dt>Against</dt><dd>1</dd>" not in page(as_("member2"), f"/cases/{number}")
    assert "<dt>Against</dt><dd>1</dd>" in page(as_("member1"), f"/cases/{number}")
    assert "1 has voted" in page(as_("owner"), f"/cases/{number}")
    for who in ("deputy", *(f"member{n}" for n in range(2, 8)), "chair"):
        behind(client, world, case_id, "vote", who, choice="for", reasons="Good")
    behind(client, world, case_id, "approve_risk", "chair", words="Approved", conditions=[])
    assert "The price is too low" in page(as_("officer"), f"/cases/{number}")
    outside = page(as_("owner"), f"/cases/{number}")
    assert "The price is too low" not in outside
    assert "Approved" in outside


def test_a_vote_needs_reasons_and_the_declaration(client, world, case_at, as_):
    case_id, number = case_at("risk_review")
    with client.application.app_context():
        world.sit(case_id)
    data = {"seen": version(client, world, case_id), "choice": "for", "reasons": "Good soil"}
    response = as_("member1").post(f"/cases/{number}/act/vote", data=data)
    assert response.status_code == 422
    assert "Good soil" in response.text
    assert client.post(f"/cases/{number}/act/vote", data={**data, "no_conflict": "y"}).status_code == 302


def test_conditions_of_an_approval_are_complete_or_absent(client, world, case_at, as_):
    case_id, number = case_at("risk_review")
    with client.application.app_context():
        world.vote(case_id, 8)
    data = {"seen": version(client, world, case_id), "words": "Approved", "conditions-0-words": "Fence the east"}
    assert as_("chair").post(f"/cases/{number}/act/approve_risk", data=data).status_code == 422
    whole = {**data, "conditions-0-evidence": "Photographs", "conditions-0-due_on": "2026-12-31"}
    assert client.post(f"/cases/{number}/act/approve_risk", data=whole).status_code == 302
    assert "Fence the east" in page(client, f"/cases/{number}")


def test_the_other_officers_answer_is_shown_only_after_the_own(client, world, case_at, as_):
    case_id, number = case_at("methodology_screening")
    answer = {"A03": {"verdict": "not_met", "evidence": "Imagery of 2022 shows trees"}}
    behind(client, world, case_id, "answer_condition", "officer", answers=answer)
    before = page(as_("officer2"), f"/cases/{number}/screening")
    assert "Imagery of 2022 shows trees" not in before
    assert "Another officer has answered" in before
    data = {"seen": version(client, world, case_id), "v_A03": "met", "e_A03": "Map of 2015"}
    response = client.post(f"/cases/{number}/screening", data=data)
    assert response.status_code == 302
    assert "Imagery of 2022 shows trees" in page(client, f"/cases/{number}/screening")
    assert page(as_("owner"), f"/cases/{number}/screening", 404)


def test_an_answer_on_the_sheet_needs_its_evidence(client, world, case_at, as_):
    case_id, number = case_at("methodology_screening")
    data = {"seen": version(client, world, case_id), "v_A03": "met", "v_A04": "met", "e_A04": "Certificate seen"}
    response = as_("officer").post(f"/cases/{number}/screening", data=data)
    assert response.status_code == 422
    assert "A03: say what the answer rests on" in response.text
    assert "Certificate seen" in response.text


def test_two_officers_on_the_sheet_lose_nothing(client, world, case_at, as_):
    case_id, number = case_at("methodology_screening")
    seen = version(client, world, case_id)
    answer = {"A03": {"verdict": "met", "evidence": "Map"}}
    behind(client, world, case_id, "answer_condition", "officer2", answers=answer)
    data = {"seen": seen, "v_A05": "met", "e_A05": "Measured on the map"}
    response = as_("officer").post(f"/cases/{number}/screening", data=data)
    assert response.status_code == 409
    assert "Measured on the map" in response.text
    again = re.search(r'name="seen"[^>]*value="(\d+)"', response.text)
    assert client.post(f"/cases/{number}/screening", data={**data, "seen": again[1]}).status_code == 302


def test_a_signed_sheet_of_two_officers_passes_the_screening(client, world, case_at, as_):
    case_id, number = case_at("methodology_screening")
    with client.application.app_context():
        sheet = sheet_facts.sheet(current(), world.case(case_id).method)
    rows = {f"v_{c}": "met" for c in sheet} | {f"e_{c}": "Seen" for c in sheet}
    for who in ("officer", "officer2"):
        as_(who)
        data = {"seen": version(client, world, case_id), **rows}
        assert client.post(f"/cases/{number}/screening", data=data).status_code == 302
        seen = version(client, world, case_id)
        signed = client.post(f"/cases/{number}/act/sign_screening", data={"seen": seen})
        assert signed.status_code == 302, signed.text
    assert "Every condition is met" in page(client, f"/cases/{number}/screening")
    seen = version(client, world, case_id)
    assert client.post(f"/cases/{number}/act/pass_screening", data={"seen": seen}).status_code == 302


def test_the_application_of_a_round_is_shown_in_full_and_a_missing_round_is_not(client, world, case_at, as_):
    _case_id, number = case_at("submitted")
    text = page(as_("chair"), f"/cases/{number}/application")
    assert "Sub-compartment code" in text
    assert page(client, f"/cases/{number}/application/2", 404)
    assert page(client, f"/cases/{number}/changes", 404)


def test_auditors_see_the_chain_and_others_do_not(client, world, case_at, as_):
    _case_id, number = case_at("methodology_screening")
    text = page(as_("auditor"), f"/cases/{number}/audit")
    assert "project:accept" in text
    assert "The chain holds" in text
    for who in ("officer", "owner", "chair"):
        assert page(as_(who), f"/cases/{number}/audit", 404)


needs_corrections = pytest.mark.skipif(
    not any(row.name == "request_correction" for row in PROJECT.acts), reason="no row of corrections in the table yet"
)


@needs_corrections
def test_a_correction_notice_names_every_fault_beside_its_field(client, world, case_at, as_):
    case_id, number = case_at("submitted")
    text = page(as_("officer"), f"/cases/{number}/act/request_correction")
    seen = version(client, world, case_id)
    assert client.post(f"/cases/{number}/act/request_correction", data={"seen": seen}).status_code == 422
    places = {label: place for place, label in re.findall(r'id="tick_(\d+)".*?> ([^<]+)</label>', text)}
    place = next(p for label, p in places.items() if label.endswith("Number of the title document"))
    only_ticked = client.post(
        f"/cases/{number}/act/request_correction", data={"seen": seen, f"tick_{place}": "y", "what_0": "Too short"}
    )
    assert only_ticked.status_code == 422
    assert "Too short" in only_ticked.text
    data = {"seen": seen, f"what_{place}": "The number is not on the certificate"}
    assert client.post(f"/cases/{number}/act/request_correction", data=data).status_code == 302
    for who in ("officer", "owner"):
        assert "The number is not on the certificate" in page(as_(who), f"/cases/{number}")


def test_stale_is_what_the_door_says(client, world, case_at):
    case_id, _number = case_at("submitted")
    with client.application.app_context():
        user = db.session.get_one(User, world.people["officer"])
        with pytest.raises(acts.Stale):
            acts.act(("project", case_id), "accept", by=user, at=now(), seen=0, data={})


def test_every_decision_leads_to_its_rules_and_every_part_in_the_list_is_there(client, world, case_at, as_):
    _case_id, number = case_at("registered")
    text = page(as_("officer"), f"/cases/{number}")
    rounds = text.partition('id="rounds"')[2].partition("</section>")[0]
    for clause in ("S01", "S08a", "S15", "S31", "S32"):  # of acceptance, screening, the vote, validation, entry
        assert f'/rules/{clause}"' in rounds, clause
    listed = re.findall(r'href="#([\w-]+)"', text.partition('class="on-page"')[2].partition("</nav>")[0])
    assert {"acts", "findings", "sitting", "rounds", "timeline"} <= set(listed)
    assert [part for part in listed if f'id="{part}"' not in text] == []
    paper = re.search(rf'href="(/cases/{number}/papers/\d+)"', text)[1]
    assert "/rules/" in page(client, paper).partition("<article")[0].partition("page-head")[2]
