"""What anybody sees without an account, and what nobody sees there."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.clock import now
from registry.extensions import db, writing
from registry.models import (
    Answers,
    Case,
    Deliberation,
    Elector,
    ExpertProfile,
    GateDecision,
    NoticeEnd,
    Opinion,
    Panel,
    PanelCandidate,
    PanelEnd,
    PanelOpinion,
    PanelSeat,
    PublicNotice,
    ReferenceProject,
    Registration,
    Round,
    ScreeningSignature,
    Vote,
)
from registry.queries import public
from registry.views.public import in_one_language
from tests import factories
from workflows.roles import Role
from workflows.states import (
    Activity,
    Advice,
    Choice,
    Conclusion,
    GateName,
    GateResult,
    OpinionKind,
    PanelResult,
    ProjectState,
    Scheme,
)

S = ProjectState
ANSWERS = {
    "basics": {"contact_name": "Private Person", "contact_phone": "13800000000", "summary": "inner words"},
    "crediting": {"start_on": "2026-01-01", "end_on": "2045-12-31", "expected_total_t": "12345"},
}


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    """An application to write rows into; requests run outside its context, as in life."""
    return make_app()


@pytest.fixture
def reader(site: Flask) -> FlaskClient:
    client = site.test_client()
    client.get("/language/en")
    return client


def _sit(case_id: int, question: str, members: list[int]) -> int:
    sitting = Deliberation(
        case_id=case_id, round_no=1, question=question, sitting=1, members=3, quorum_num=2, quorum_den=3,
        quorum_min=3, needs_num=1, needs_den=2, opened_at=now(), opened_by_id=members[0],
    )  # fmt: skip
    db.session.add(sitting)
    db.session.flush()
    for seat, user_id in enumerate(members, 1):
        db.session.add(Elector(deliberation_id=sitting.id, user_id=user_id, role=Role.MEMBER, seat=seat))
    db.session.flush()
    for user_id in members:
        db.session.add(
            Vote(
                deliberation_id=sitting.id, user_id=user_id, choice=Choice.FOR, reasons="secret reasons", cast_at=now()
            )
        )
    db.session.flush()
    return sitting.id


def an_entry(number: str = "TA-ccer-370911-2026-0001", state: ProjectState = S.REGISTERED, **changed: Any) -> int:
    """A case with an entry in the library, by way of the gates the database asks for; its id."""
    body_id = factories.a_body()
    if not {"proponent_org_id", "proponent_user_id"} & set(changed):
        changed["proponent_org_id"] = factories.an_organisation(name="Culai Farm")
    people = [factories.an_appointee(body_id, Role.MEMBER, name=f"Voter {n}") for n in range(3)]
    values = {
        "number": f"TL{number[-9:]}", "body_id": body_id, "state": S.VALIDATION, "round": 1,
        "created_by_id": people[0], "name": "Daiyue trees", "scheme": Scheme.CCER, "activity": Activity.AFFORESTATION,
        "method": "CCER-14-001-V01", "district_code": "370911", "area_mu": Decimal("600.5"), "created_at": now(),
        "submitted_at": datetime(2026, 1, 4, tzinfo=UTC), "accepted_on": date(2026, 1, 5),
        "state_since": datetime(2026, 2, 3, tzinfo=UTC),
    } | changed  # fmt: skip
    expert = factories.an_appointee(body_id, Role.EXPERT) if values["scheme"] is Scheme.LOCAL_TICKET else None
    submitted = {key: values.pop(key) for key in ("number", "state", "round")}
    with writing():
        case = Case(**values, state=S.DRAFT)
        db.session.add(case)
        db.session.flush()
        for section, data in ANSWERS.items():
            kept = {"case_id": case.id, "section": section, "data": data, "saved_by_id": people[0], "saved_at": now()}
            db.session.add(Answers(round_no=1, done=True, **kept))
        db.session.flush()
        for column, value in submitted.items():
            setattr(case, column, value)
        case_id = case.id
        if expert:
            _give_a_panel(case_id, expert, people[0])
    _pass_gates(case_id, people)
    with writing():
        case = db.session.get(Case, case_id)
        case.state = S.REGISTRATION
        db.session.add(
            Registration(
                case_id=case_id, round_no=1, project_number=number, registered_at=now(), registered_on=date(2026, 2, 1)
            )
        )
        db.session.flush()
        case.project_number, case.state = number, state
        case.returns_to = S.REGISTERED if state == S.SUSPENDED else None
    return case_id


def _give_a_panel(case_id: int, expert: int, secretary: int) -> None:
    """A panel of one, who accepted."""
    then = {"case_id": case_id, "round_no": 1, "no": 1, "seed": "0" * 64, "question": "x", "drawn_on": date(2026, 1, 6)}
    counts = {"candidates_count": 1, "size": 1, "minimum": 1, "expected_days": 10}
    shares = {"outside_num": 1, "outside_den": 2, "needs_num": 1, "needs_den": 2}
    db.session.add(Round(case_id=case_id, no=1, opened_by="submit", opened_at=now()))
    entered = {"entered_at": now(), "entered_by_id": secretary}
    profile = ExpertProfile(user_id=expert, district_code="370902", since=date(2026, 1, 1), **entered)
    panel = Panel(**then, **counts, **shares, drawn_at=now(), drawn_by_id=secretary)
    db.session.add_all([profile, panel])
    db.session.flush()
    one = {"panel_id": panel.id, "user_id": expert}
    end = {"in_favour": 1, "conditional": 0, "against": 0, "action": "close_panel", "words": "", "ended_at": now()}
    for row in (
        PanelCandidate(**one, place=1, sort_key="0" * 64, profile_id=profile.id, outside=True),
        PanelSeat(**one, no=1, seated_at=now()),
        PanelOpinion(**one, advice=Advice.ACCEPT, words="secret opinion", independent=True, given_at=now()),
        PanelEnd(panel_id=panel.id, result=PanelResult.ACCEPTED, **end, ended_on=date(2026, 1, 7)),
    ):
        db.session.add(row)
        db.session.flush()


def _pass_gates(case_id: int, people: list[int]) -> None:
    with writing():
        if db.session.get(Round, (case_id, 1)) is None:
            db.session.add(Round(case_id=case_id, no=1, opened_by="submit", opened_at=now()))
        db.session.flush()
        for officer in people[:2]:
            db.session.add(
                ScreeningSignature(
                    case_id=case_id, round_no=1, officer_id=officer, answers_digest="0" * 64, signed_at=now()
                )
            )
        db.session.add(
            Opinion(
                case_id=case_id, round_no=1, kind=OpinionKind.VALIDATION, author_id=people[0], words="secret opinion",
                conclusion=Conclusion.FAVOURABLE, matters={}, given_at=now(),
            )
        )  # fmt: skip
        db.session.flush()
        notice = {"case_id": case_id, "round_no": 1, "from_on": date(2026, 1, 7), "to_on": date(2026, 1, 15), "days": 7}
        told = PublicNotice(**notice, start_counts=False, provisional=False, opened_at=now(), opened_by_id=people[0])
        db.session.add(told)
        db.session.flush()
        db.session.add(NoticeEnd(notice_id=told.id, ended_at=now(), ended_by_id=people[0]))
        db.session.flush()
        for gate in GateName:
            sitting = _sit(case_id, gate, people) if gate in {GateName.RISK_REVIEW, GateName.REGISTRATION} else None
            db.session.add(
                GateDecision(
                    case_id=case_id, round_no=1, gate=gate, result=GateResult.PASS, passed=1, deliberation_id=sitting,
                    facts_digest="0" * 64, decided_at=datetime(2026, 1, 20, tzinfo=UTC), decided_by_id=people[0],
                )
            )  # fmt: skip
            db.session.flush()


def a_reference(external_id: str = "VCS1", **changed: Any) -> None:
    values = {
        "source_registry": "VCS", "external_id": external_id, "name": f"Trees {external_id}", "country": "China",
        "scope": "Forestry & Land Use", "source": "A public list", "imported_at": now(),
    } | changed  # fmt: skip
    with writing():
        db.session.add(ReferenceProject(**values))


@pytest.mark.parametrize("path", ["/", "/projects", "/reference", "/help", "/accessibility"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_public_pages_open_with_an_empty_database(site: Flask, path: str, language: str):
    client = site.test_client()
    client.get(f"/language/{language}")
    page = client.get(path)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "style=" not in page.text


def test_the_figures_of_the_home_page_are_those_of_the_entries_in_force(site: Flask, reader: FlaskClient):
    with site.app_context():
        an_entry()
        an_entry("TA-ccer-370911-2026-0002", S.AMENDMENT_REVIEW, area_mu=Decimal("99.5"))
        an_entry("TA-ccer-370921-2026-0003", S.REVOKED, district_code="370921", area_mu=Decimal(5000))
        counts = public.by_district()
    assert counts == {"370911": public.DistrictCount(2, Decimal(700))}
    page = reader.get("/").text
    assert "700" in page
    assert "5,700" not in page


def test_the_list_shows_every_state_with_an_entry_and_nothing_else(site: Flask, reader: FlaskClient):
    with site.app_context():
        for n, state in enumerate(public.SHOWN, 1):
            an_entry(f"TA-ccer-370911-2026-000{n}", state, name=f"Case {state}")
        other = {"number": "TL2026000099", "name": "Not yet decided", "state": S.VALIDATION, "round": 1}
        organisation, person = factories.an_organisation(), factories.a_user()
        with writing():
            case = Case(
                body_id=factories_body(), proponent_org_id=organisation, created_by_id=person, created_at=now(),
                state=S.DRAFT, state_since=now(), scheme=Scheme.CCER,
            )  # fmt: skip
            db.session.add(case)
            db.session.flush()
            for column, value in other.items():
                setattr(case, column, value)
    page = reader.get("/projects").text
    for state in public.SHOWN:
        assert f"Case {state}" in page
    assert "Not yet decided" not in page


def factories_body() -> int:
    return db.session.scalar(db.select(Case.body_id).limit(1))


def test_search_and_filters_stand_in_the_url_and_an_empty_answer_offers_to_widen(site: Flask, reader: FlaskClient):
    with site.app_context():
        an_entry()
        an_entry(
            "TA-local_ticket-370921-2026-0002",
            scheme=Scheme.LOCAL_TICKET,
            district_code="370921",
            name="River oaks 100%",
        )
    assert "River oaks" not in reader.get("/projects?q=daiyue").text
    assert "Daiyue trees" not in reader.get("/projects?scheme=local_ticket").text
    assert "River oaks 100%" in reader.get("/projects?district=370921&q=100%25").text
    assert "Daiyue trees" in reader.get("/projects?q=Culai&district=370911").text, "the organisation is searched too"
    full_width = reader.get("/projects?q=ＤＡＩＹＵＥ").text
    assert "Daiyue trees" in full_width
    nothing = reader.get("/projects?q=no%20such%20thing").text
    assert 'href="/projects"' in nothing
    assert "no such thing" in nothing


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=99999999999999999999",
        "page=-1",
        "page=x",
        "scheme=nope",
        "district=1",
        "q=%00",
        "q=" + "a" * 5000,
        "q=%25_\\",
    ],
)
@pytest.mark.parametrize("path", ["/projects", "/reference"])
@pytest.mark.both_engines
def test_an_odd_url_is_answered_with_a_page(client: FlaskClient, path: str, query: str):
    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.both_engines
def test_the_project_page_shows_public_facts_and_steps(site: Flask, reader: FlaskClient):
    with site.app_context():
        an_entry()
    page = reader.get("/projects/TA-ccer-370911-2026-0001").text
    for fact in (
        "Daiyue trees",
        "Culai Farm",
        "CCER-14-001-V01",
        "600.5",
        "12,345",
        "1 January 2026",
        "1 February 2026",
    ):
        assert fact in page.replace("\u00a0", " "), fact
    steps = [
        "Entered into the project library",
        "Validation passed",
        "Risk review approved by the leading group",
        "Methodology screening passed",
        "Application accepted",
        "Application submitted",
    ]
    said = page.partition("Public steps")[2]
    assert sorted(steps, key=said.index) == steps, "newest first"


def test_the_project_page_holds_no_contact_no_vote_and_no_opinion(site: Flask, reader: FlaskClient):
    with site.app_context():
        an_entry()
    page = reader.get("/projects/TA-ccer-370911-2026-0001").text
    for secret in ("Private Person", "13800000000", "inner words", "secret", "Voter", "TL"):
        assert secret not in page, secret


def test_a_natural_person_is_not_named(site: Flask, reader: FlaskClient):
    with site.app_context():
        person = factories.a_user(name="Very Private")
        an_entry("TA-local_ticket-370911-2026-0001", proponent_user_id=person, scheme=Scheme.LOCAL_TICKET)
    page = reader.get("/projects/TA-local_ticket-370911-2026-0001").text
    assert "Very Private" not in page
    assert "A natural person" in page
    assert "Very Private" not in reader.get("/projects").text
    assert "TA-local_ticket" not in reader.get("/projects?q=Very Private").text


@pytest.mark.parametrize("scheme", list(Scheme))
def test_a_registered_project_is_never_called_registered_for_ccer_or_licensed(
    site: Flask, reader: FlaskClient, scheme: Scheme
):
    with site.app_context():
        an_entry("TA-x-370911-2026-0001", scheme=scheme)
    page = reader.get("/projects/TA-x-370911-2026-0001").text.lower()
    assert "ccer registered" not in page
    assert "not an administrative licence" in page


def test_a_case_number_or_an_unknown_project_number_answers_alike(site: Flask, reader: FlaskClient):
    with site.app_context():
        an_entry()
        number = db.session.scalar(db.select(Case.number))
    assert reader.get(f"/projects/{number}").status_code == 404
    assert reader.get("/projects/TA-none").status_code == 404


def test_public_cases_are_searched_filtered_and_paged(site: Flask, reader: FlaskClient):
    with site.app_context():
        for n in range(1, 26):
            a_reference(f"VCS{n:03}", name=f"Forest {n:03}")
        a_reference("GS1", source_registry="GOLD", name="Stove", country="Kenya", scope="Household & Community")
    first = reader.get("/reference?country=China").text
    assert "Forest 001" in first
    assert "Forest 021" not in first
    assert "Forest 021" in reader.get("/reference?country=China&page=2").text
    assert "country=China" in first.partition('rel="next"')[2][:80]
    assert "Stove" in reader.get("/reference?q=gs1").text
    assert "Forest 0" not in reader.get("/reference?scope=Household+%26+Community").text


def test_a_public_case_names_its_source_and_says_that_it_was_not_reviewed_here(site: Flask, reader: FlaskClient):
    with site.app_context():
        a_reference("changlong", source_registry="published", note="中文\n\nEnglish words")
    page = reader.get("/reference/published/changlong").text
    assert "A public list" in page
    assert "English words" in page
    assert "中文\n" not in page
    assert "was not reviewed by Tai’an" in page
    assert reader.get("/reference/VCS/changlong").status_code == 404


def test_taiwan_is_written_the_way_it_is_written_here(site: Flask, reader: FlaskClient):
    with site.app_context():
        a_reference(country="Taiwan")
    assert "Taiwan, China" in reader.get("/reference").text


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        ("广东省汕头市 Shantou, Guangdong", "广东省汕头市", "Shantou, Guangdong"),
        ("公开数据（转载件） Published figures", "公开数据（转载件）", "Published figures"),
        ("广东省", "广东省", "广东省"),
        ("Page of a ministry", "Page of a ministry", "Page of a ministry"),
        ("", "", ""),
    ],
)
def test_words_in_both_languages_are_shown_in_one(words, chinese, english):
    assert (in_one_language(words, "zh"), in_one_language(words, "en")) == (chinese, english)
