"""A city with everybody a case needs, and the acts that carry a case from an empty form to its entry.

Everything goes through the real services: people are rows, whatever a person does is an act.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from registry import storage
from registry.clock import ZONE, now, today
from registry.extensions import db
from registry.models import Answers, Case, Meeting, OrganisationKind, PublicNotice, TieKind, User
from registry.queries import applications
from registry.queries.notices import last_day
from registry.services import acts, documents, drafts, facts, meetings, organisation_ties, panel_facts, sheet_facts
from registry.services.policy import current
from tests import factories, kept
from tests.clock import Clock
from tests.contract_answers import CONTRACT, OTHER_CODE, PARTNER_CODE, with_partner
from workflows.roles import Role

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

BASICS = {
    "name": "示例造林项目",
    "activity": "afforestation",
    "summary": "在宜林荒山造林",
    "contact_name": "示例联系人",
    "contact_phone": "0538-0000000",
}
PARCEL = {
    "key": "p1",
    "name": "东坡",
    "subcompartment": "0012",
    "district_code": "370911",
    "area": "600",
    "unit": "mu",
    "area_mu": "600",
    "tenure": "other_contract",
    "title_document": "forest_right_certificate",
    "title_number": "示例-001",
    "title_end": "2066-12-31",
    "disputed": False,
    "coowner_consent": "not_needed",
}
"""A parcel; it lies in a village of its own in each case, and has a title of its own, unless it names a village."""
NATIONAL = {
    "external_number": "GS-2026-0001",
    "notice_url": "https://example.org/notice/1",
    "notice_from": date(2026, 1, 5),
    "notice_to": date(2026, 2, 1),
}
"""The national notice of a CCER project: twenty working days, the first counted."""
METHOD = {
    "ccer": {
        "method": "CCER-14-001",
        "land_setting": "forest_land",
        "forest_use": "protection",
        "start_on": "2024-03-12",
        "nonforest_since": "2015-01-01",
        "planned_afforestation_land": True,
        "shrub_removed_pct": "5",
        "trees_removed": False,
        "wetland_overlap": False,
        "repeat_soil_disturbance": False,
        "burning": "none",
        "activity_shift": False,
        "public_benefit_forest": True,
        "public_benefit_certificate": True,
        "lawful": True,
        "other_mechanism": False,
        "additionality": "x03",
    },
    "local_ticket": {
        "method": "TA-TICKET",
        "forest_use": "protection",
        "origin": "planted",
        "start_on": "2021-03-01",
        "public_benefit_forest": True,
        "other_mechanism": False,
        "monitoring_years": "5",
        "third_party_report": True,
        "third_party_related": False,
        "increment_t": "2600",
        "buffer_pct": "10",
    },
    "other_standard": {"method": "OTHER", "external_standard_id": "VCS 0000"},
}
QUORUM = 6
"""Of nine, and of eight."""


EXPERTS = {
    **{f"expert{n}": "370902" for n in range(1, 4)},
    **{f"expert{n}": "" for n in range(4, 7)},
    "expert7": "370900",
    **{f"expert{n}": "370911" for n in range(8, 10)},
}
"""Nine experts and where they work: the last two in the district of the land."""


@dataclass
class World:
    """The people by what they are; ids, so that they outlive a transaction."""

    body: int = 0
    people: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.__dict__ |= kept.step(f"people of {self.body}", self._settle)

    def _settle(self) -> dict[str, Any]:
        self.body = self.body or factories.a_body(key="city")
        self.org = factories.an_organisation(name="示例林业公司")
        self.vvb_org = factories.an_organisation(name="示例审定机构", kind=OrganisationKind.VVB)
        self.people = {
            "owner": factories.a_member(self.org),
            "vvb": factories.a_member(self.vvb_org),
            "stranger": factories.a_member(factories.an_organisation()),
        }
        offices = {
            "officer": Role.CASE_OFFICER,
            "officer2": Role.CASE_OFFICER,
            "officer3": Role.CASE_OFFICER,
            "secretary": Role.SECRETARY,
            "legal": Role.LEGAL_REVIEWER,
            "eco": Role.ECO_ENV,
            "supervisor": Role.SUPERVISOR,
            "auditor": Role.AUDITOR,
            "administrator": Role.ADMINISTRATOR,
            "chair": Role.CHAIR,
            "deputy": Role.DEPUTY_CHAIR,
            **{f"member{n}": Role.MEMBER for n in range(1, 8)},
        }
        for who, role in offices.items():
            self.people[who] = factories.an_appointee(self.body, role)
        self.people |= factories.experts(self.body, EXPERTS, self.people["secretary"])
        return self.__dict__

    @property
    def voters(self) -> list[str]:
        """The nine of the leading group."""
        return ["chair", "deputy", *(f"member{n}" for n in range(1, 8))]

    def user(self, who: str) -> User:
        """Somebody, read afresh."""
        return db.session.get_one(User, self.people[who])

    def case(self, case_id: int) -> Case:
        """The case, read afresh."""
        db.session.rollback()
        return db.session.get_one(Case, case_id)

    def draft(
        self, scheme: str = "ccer", *, person: bool = False, papers: bool = True, **changed: Mapping[str, Any]
    ) -> int:
        """A complete draft of the owner's organisation, or in person; keyword arguments change sections."""
        words = f"draft {scheme} {person} {papers} {changed!r} {self.people['owner']} {self.org}"
        return kept.step(words, lambda: self._draft(scheme, person, papers, changed))

    def _draft(self, scheme: str, person: bool, papers: bool, changed: Mapping[str, Any]) -> int:
        applicant = drafts.Applicant(organisation_id=None if person else self.org)
        case_id = drafts.create(applicant, by=self.user("owner"), at=now())
        self.answer(case_id, scheme, **changed)
        if papers:
            self.upload_required(case_id)
        return case_id

    def answer(self, case_id: int, scheme: str = "ccer", **changed: Mapping[str, Any]) -> None:
        """Fill every section."""
        sections: dict[str, dict[str, Any]] = {
            "basics": {**BASICS, "scheme": scheme},
            "parcels": {"parcels": [PARCEL]},
            "method": METHOD[scheme],
            "contract": {"has_partner": False},
            "crediting": {
                "start_on": "2024-03-12",
                "end_on": "2044-03-11",
                **({"life_end": "2064-03-11", "claim_on": "2027-06-01"} if scheme == "ccer" else {}),
                "expected_total_t": "12000",
                "expected_annual_t": "600",
                "vvb_org_id": self.vvb_org,
            },
            "documents": {},
            "declarations": {"true": True, "unique": True, "consent": True},
        }
        if changed.get("contract", {}).get("has_partner"):
            sections |= {name: data for name, data in CONTRACT.items() if name != "contract"}
        for section, data in sections.items():
            self.save(case_id, section, {**data, **changed.get(section, {})})

    def save(self, case_id: int, section: str, data: Mapping[str, Any]) -> None:
        """Save one section of the round in preparation as done."""
        drafts.prepare(case_id)
        key = (case_id, self.case(case_id).round + 1, section)
        row = db.session.get(Answers, key)
        version = row.version if row else 0
        if section == "parcels":
            data = {**data, "parcels": [own_land(case_id, p) for p in data.get("parcels", ())]}
        drafts.save_section(
            case_id, section, dict(data), done=True, version_seen=version, by=self.user("owner"), at=now()
        )

    def upload_required(self, case_id: int, *, leave_out: str = "") -> None:
        """Put every required paper on file but one kind."""
        case = self.case(case_id)
        answers = facts.answers_of(case_id, case.round + 1)
        on_file = applications.papers(case_id, case.round + 1)
        rules = documents.required(current(), case, answers)
        for name in documents.missing(rules, on_file, answers):
            kind, _, parcel = name.partition("/")
            if kind != leave_out:
                self.upload(case_id, kind, parcel=parcel)

    def upload(self, case_id: int, kind: str, parcel: str = "", content: bytes = PDF) -> None:
        """Put one paper on file."""
        stored = storage.put(io.BytesIO(content), f"{kind}.pdf")
        upload = documents.Upload(kind=kind, filename=f"{kind}.pdf", stored=stored, parcel=parcel)
        documents.add(case_id, [upload], by=self.user("owner"), at=now())

    def act(self, case_id: int, action: str, who: str | None, **data: Any) -> acts.Done:
        """Take an act as somebody (None: the system), with a fresh page."""
        seen = self.case(case_id).version
        if who == "anybody":
            return acts.act(("project", case_id), action, by=acts.ANYBODY, at=now(), seen=None, data=data)
        by = self.user(who) if who else None
        return acts.act(("project", case_id), action, by=by, at=now(), seen=seen, data=data)

    def screen(self, case_id: int, *officers: str, verdict: str = "met", **verdicts: str) -> None:
        """Officers answer the whole sheet and sign."""
        case = self.case(case_id)
        sheet = sheet_facts.sheet(current(), case.method)
        for who in officers or ("officer", "officer2"):
            answers = {c: {"verdict": verdicts.get(c, verdict), "evidence": "见材料"} for c in sheet}
            self.act(case_id, "answer_condition", who, answers=answers)
            self.act(case_id, "sign_screening", who)

    def meeting(self) -> int:
        """A meeting of the group, planned for today."""
        told = {"by": self.user("secretary"), "at": now(), "series": "会〔{year}〕{n}号"}
        return meetings.plan(self.body, today(), "09:00", "三楼会议室", **told)

    def in_meeting(self, meeting_id: int, action: str, who: str, **data: Any) -> acts.Done:
        """An act on a meeting, with a fresh page."""
        db.session.rollback()
        seen = db.session.get_one(Meeting, meeting_id).version
        return acts.act(("meeting", meeting_id), action, by=self.user(who), at=now(), seen=seen, data=data)

    def table(self, case_id: int, **table: Any) -> int:
        """Put the case on the agenda of a meeting of its own; the meeting's id."""
        meeting_id = self.meeting()
        self.act(case_id, "table", "secretary", meeting=meeting_id, **table)
        return meeting_id

    def convene(self, meeting_id: int, *present: str, head: str = "chair") -> None:
        """Open the meeting with these members in the room; without names all nine."""
        self.in_meeting(meeting_id, "open_meeting", head)
        self.in_meeting(
            meeting_id, "note_attendance", "secretary", present=[self.people[w] for w in present or self.voters]
        )

    def sit(self, case_id: int, *present: str, head: str = "chair", **table: Any) -> int:
        """Table the case, convene the meeting and put the question; the meeting's id."""
        meeting_id = self.table(case_id, **table)
        self.convene(meeting_id, *present, head=head)
        self.act(case_id, "call_vote", head)
        return meeting_id

    def vote(
        self, case_id: int, in_favour: int, against: int = 0, abstain: int = 0, head: str = "chair", **table: Any
    ) -> None:
        """A sitting in which so many vote, who presides last; the rest are away.

        Where so few are no quorum, everybody is in the room, but no more than these speak, and who presides does not.
        """
        choices = ["for"] * in_favour + ["against"] * against + ["abstain"] * abstain
        others = [w for w in self.voters if w != head]
        speaking = others[: len(choices)] if len(choices) < QUORUM else [*others[: len(choices) - 1], head]
        self.sit(case_id, *(speaking if head in speaking else self.voters), head=head, **table)
        for who, choice in zip(speaking, choices, strict=True):
            self.act(case_id, "vote", who, choice=choice, reasons="理由充分")

    def sit_and_speak(self, case_id: int, *speaking: str, head: str = "chair", **table: Any) -> int:
        """Everybody is in the room and these vote in favour, in this order (all, who presides last, without names)."""
        meeting_id = self.sit(case_id, head=head, **table)
        for who in speaking or [*(w for w in self.voters if w != head), head]:
            self.act(case_id, "vote", who, choice="for", reasons="理由充分")
        return meeting_id

    def validate(self, case_id: int, conclusion: str = "favourable") -> None:
        """The body files its opinion on the five matters."""
        matters = {f"V{n}": {"met": conclusion == "favourable", "words": "符合"} for n in range(1, 6)}
        national = NATIONAL if self.case(case_id).scheme == "ccer" else {}
        self.act(case_id, "file_validation", "vvb", conclusion=conclusion, words="同意", matters=matters, **national)

    def wait_out_notice(self, case_id: int) -> None:
        """Let the days of the open notice pass: the morning after its last day comes."""
        assert now()  # whoever tells the time says so
        notice = db.session.query(PublicNotice).filter_by(case_id=case_id).order_by(PublicNotice.id.desc()).first()
        morning = datetime.combine(last_day(notice) + timedelta(days=1), time(9), ZONE)
        db.session.rollback()
        Clock.telling.set(max(Clock.telling.at, morning))

    def put_on_notice(self, case_id: int) -> None:
        """A public notice from its opening to its end; nobody objects."""
        self.act(case_id, "open_notice", "officer")
        self.wait_out_notice(case_id)
        self.act(case_id, "close_notice", "officer")

    def advance(self, case_id: int, state: str) -> int:
        """Carry a case to a state of the straight way."""
        return kept.step(f"{case_id} to {state} {self.people!r}", lambda: self._carry(case_id, state))

    def _carry(self, case_id: int, state: str) -> int:
        ways = {
            "submitted": lambda: self.act(case_id, "submit", "owner"),
            "methodology_screening": lambda: self.act(case_id, "accept", "officer"),
            "risk_review": lambda: (
                self.screen(case_id),
                self._panel(case_id),
                self.act(case_id, "pass_screening", "officer"),
            ),
            "validation": lambda: (self.vote(case_id, 8), self.act(case_id, "approve_risk", "chair")),
            "registration": lambda: (
                self.validate(case_id),
                self._environment(case_id),
                self.put_on_notice(case_id),
                self.act(case_id, "pass_validation", "officer"),
            ),
            "registered": lambda: (self.vote(case_id, 8), self.act(case_id, "register", "chair")),
        }
        order = ["draft", *ways]
        here = order.index(self.case(case_id).state)
        for step in order[here + 1 : order.index(state) + 1]:
            ways[step]()
        return case_id

    def draw(self, case_id: int, size: int = 5, *wanted: str) -> list[str]:
        """The secretary draws a panel; who sits on it."""
        self.act(case_id, "draw_panel", "secretary", size=size, wanted=list(wanted), expected_days=10, words="请评审")
        return self.sitting(case_id)

    def sitting(self, case_id: int) -> list[str]:
        """Who sits on the panel at work, in the order of the seats."""
        panel = panel_facts.at_work(self.case(case_id))
        names = {user_id: who for who, user_id in self.people.items()}
        return [names[u] for u in panel_facts.sitting(panel)] if panel else []

    def advise(self, case_id: int, advice: str = "accept", *others: str) -> None:
        """The experts of the panel give their opinions: the last ones as said, the rest `advice`."""
        sitting = self.sitting(case_id)
        said = [advice] * (len(sitting) - len(others)) + list(others)
        for who, conclusion in zip(sitting, said, strict=True):
            self.act(case_id, "give_expert_opinion", who, conclusion=conclusion, words="论证充分", independent=True)

    def _panel(self, case_id: int) -> None:
        if self.case(case_id).scheme == "local_ticket":
            self.draw(case_id)
            self.advise(case_id)
            self.act(case_id, "close_panel", "secretary")

    def _environment(self, case_id: int) -> None:
        if self.case(case_id).scheme == "local_ticket":
            self.act(case_id, "give_environment_opinion", "eco", conclusion="favourable", words="无异议")


def beside_partner(world: World, scheme: str, area_mu: int) -> int:
    """Another case, handed in, with a contract of so much land and an organisation tied to the usual partner."""
    usual = factories.an_organisation(credit_code=PARTNER_CODE)
    other = factories.an_organisation(credit_code=OTHER_CODE)
    tied = {"since": date(2020, 1, 1), "until": None, "by": world.user("officer"), "at": now()}
    organisation_ties.add(usual, other, TieKind.SAME_CONTROLLER, "企业信用信息公示系统", **tied)
    contract = {"partner_credit_code": OTHER_CODE, "area_mu": str(area_mu)}
    return world.advance(world.draft(scheme, **with_partner(contract=contract)), "submitted")


def own_land(case_id: int, parcel: Mapping[str, Any]) -> dict[str, Any]:
    """A parcel that no other case of the tests has, unless it was given a village on purpose."""
    if "village" in parcel:
        return dict(parcel)
    title = parcel.get("title_number")
    mine = {"title_number": f"{title}-{case_id}"} if title == PARCEL["title_number"] else {}
    return {**parcel, "village": f"示例{case_id}村", **mine}
