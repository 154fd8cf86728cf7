"""The registry as the proofs drive it: databases put back in milliseconds, requests in the model's words, raw rows."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import select

from registry import clock, create_app
from registry.extensions import db, writing
from registry.models import (
    Answers,
    Appointment,
    ApprovalCondition,
    Case,
    CaseClock,
    Objection,
    OrganisationKind,
    SiteCheck,
    User,
)
from registry.services import acts, drafts, sheet_facts
from registry.services.effects import panels
from registry.services.policy import current
from tests import factories
from tests.clock import FIXED, Clock
from tests.databases import Databases, let_go, test_settings
from tests.proof.panel import SEED
from tests.world import BASICS, METHOD, NATIONAL, PARCEL, PDF, World, own_land
from workflows.roles import Role

# An index of words cannot be read row by row; what it indexes can.
LEFT_OUT = ("alembic_version", "user_sessions", "sign_in_attempts", "setup_links", "reference_projects")
GONE = ("member4", "member5", "member6", "member7")
"""The group is a small one, so that a count is soon complete: chair, deputy, three members, and the insider."""

Rows = dict[str, list[tuple[Any, ...]]]


class City:
    """One engine: people, a standing database, and copies of it to go back to."""

    def __init__(self, engine: str, folder: Path, start: datetime = FIXED) -> None:
        self.engine, self.folder, self.start = engine, folder, start
        self.databases = Databases(engine, folder)
        self.url = self.databases.fresh()
        (folder / "files").mkdir(exist_ok=True)
        settings = test_settings(folder, self.url)
        self.apps = [create_app(settings), create_app(settings)]
        self.clock = Clock(start)
        self.columns: dict[str, list[str]] = {}
        self.meetings: list[int] = []
        self._kept = 0
        self._one_seed = patch.object(panels, "fresh_seed", lambda: SEED)
        self._one_seed.start()
        self._raw: Any = None
        with self.app.app_context(), clock.told_by(self.clock):
            world = World()
            self.org, self.vvb_org = world.org, world.vvb_org
            self.verifier_org = factories.an_organisation(name="示例核查机构", kind=OrganisationKind.VVB)
            for who in GONE:
                self._retire(world.people.pop(who))
            world.people["insider"] = self._insider(world)
            world.people["secretary2"] = factories.an_appointee(world.body, Role.SECRETARY)
            self.people = world.people
            self.world = world
        self.names = {user_id: who for who, user_id in self.people.items()}

    @staticmethod
    def _retire(user_id: int) -> None:
        with writing():
            for seat in db.session.scalars(select(Appointment).where(Appointment.user_id == user_id)):
                seat.until = factories.SINCE

    @staticmethod
    def _insider(world: World) -> int:
        """A member of the group who belongs to the applicant."""
        user_id = factories.an_appointee(world.body, Role.MEMBER)
        factories.belongs(user_id, world.org)
        return user_id

    @property
    def app(self) -> Any:
        """The application that is running: after a restart another one, on the same database."""
        return self.apps[0]

    def restart(self) -> None:
        let_go(self.app)
        self.apps.reverse()

    def close(self) -> None:
        self._one_seed.stop()
        self._drop_raw()
        for app in self.apps:
            let_go(app)
        self.databases.close()

    # Databases ------------------------------------------------------------------------------------------

    def keep(self) -> str:
        """A copy of the database as it stands, to go back to."""
        self._let_go()
        self._kept += 1
        if self.engine == "sqlite":
            kept = str(self.folder / f"kept{self._kept}.db")
            shutil.copyfile(self.url.removeprefix("sqlite:///"), kept)
            return kept
        server = self.databases._running()
        return server.create(_name(self.url), f"kept{self._kept}")

    def go_back(self, kept: str) -> None:
        """Put a kept copy in the place of the database."""
        self._let_go()
        if self.engine == "sqlite":
            self.databases.drop(self.url)
            shutil.copyfile(kept, self.url.removeprefix("sqlite:///"))
        else:
            server = self.databases._running()
            server.drop(_name(self.url))
            server.create(kept, _name(self.url))

    def _let_go(self) -> None:
        self._drop_raw()
        for app in self.apps:
            let_go(app)

    def _drop_raw(self) -> None:
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def rows(self) -> Rows:
        """Every row of every table that an act may touch, past the application."""
        if self._raw is None:
            self._raw = self._connected()
        order = {t: "1, 2" if len(columns) > 1 else "1" for t, columns in self.columns.items()}
        return {t: self._raw.execute(f"SELECT * FROM {t} ORDER BY {by}").fetchall() for t, by in order.items()}

    def _connected(self) -> Any:
        raw: Any
        if self.engine == "sqlite":
            raw = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        else:
            raw = psycopg.connect(self.url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        if not self.columns:
            listed = [name for (name,) in raw.execute(names)]
            tables = sorted(n for n in listed if n not in LEFT_OUT and not n.startswith("case_search"))
            self.columns = {t: [c[0] for c in raw.execute(f"SELECT * FROM {t} LIMIT 0").description] for t in tables}
        return raw

    def table(self, rows: Rows, name: str) -> list[dict[str, Any]]:
        return [dict(zip(self.columns[name], row, strict=True)) for row in rows[name]]

    # Requests -------------------------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        """A request's surroundings."""
        with self.app.app_context(), clock.told_by(self.clock):
            yield

    def draft(self, model: Any, content: Mapping[str, Any]) -> int:
        """A complete draft as the model has it."""
        with self.running():
            owner = db.session.get_one(User, self.people["owner"])
            applicant = drafts.Applicant(organisation_id=None if model.person else self.org)
            case_id = drafts.create(applicant, by=owner, at=clock.now())
            self._save(case_id, model, content, set(SECTIONS))
            self.world.upload_required(case_id, leave_out="pdd" if content["missing"] else "")
            return case_id

    def prepare(self, case_id: int, model: Any, content: Mapping[str, Any], part: str) -> None:
        """Change one part of the answers in preparation."""
        with self.running():
            if part == "papers":
                self.world.upload(case_id, "pdd", content=PDF + f"% {content['papers']}\n".encode())
            else:
                self._save(case_id, model, content, {SECTION_OF[part]})

    def _save(self, case_id: int, model: Any, content: Mapping[str, Any], sections: set[str]) -> None:
        drafts.prepare(case_id)
        owner = db.session.get_one(User, self.people["owner"])
        for section in sections:
            db.session.rollback()
            case = db.session.get_one(Case, case_id)
            row = db.session.get(Answers, (case_id, case.round + 1, section))
            drafts.save_section(
                case_id,
                section,
                self._answers(case_id, model, content, section),
                done=section != "declarations" or not content["undone"],
                version_seen=row.version if row else 0,
                by=owner,
                at=clock.now(),
            )

    def _answers(self, case_id: int, model: Any, content: Mapping[str, Any], section: str) -> dict[str, Any]:
        match section:
            case "basics":
                return {**BASICS, "scheme": model.scheme, "contact_phone": f"0538-{content['contact']:07d}"}
            case "parcels":
                tenure = "collective_managed" if model.collective else "other_contract"
                area = str(600 - content["parcels"])
                first = PARCEL | {"tenure": tenure, "area": area, "area_mu": area}
                second = {"key": "p2", "name": "西坡", "subcompartment": "0013", "disputed": content["disputed"]}
                second |= {"title_number": f"示例-002-{case_id}", "area": "80", "area_mu": "80", "tenure": tenure}
                return {"parcels": [own_land(case_id, p) for p in (first, PARCEL | second)]}
            case "method":
                return METHOD[model.scheme] | {"land_setting": "corridor" if content["corridor"] else "forest_land"}
            case "contract":
                return {"has_partner": False, "note": str(content["contract"])}
            case "crediting":
                days = {"start_on": "2024-03-12", "end_on": "2044-03-11", "vvb_org_id": self.vvb_org}
                if model.scheme == "ccer":
                    days |= {"life_end": "2064-03-11", "claim_on": "2027-06-01"}
                return {**days, "expected_total_t": "12000", "expected_annual_t": "600"}
            case "declarations":
                return {"true": True, "unique": True, "consent": True}
        return {}

    def act(self, case_id: int, action: str, who: str | None, seen: int | None, data: Mapping[str, Any]) -> Any:
        """Ask for an act; the answer in the model's words."""
        with self.running():
            by = self._by(who)
            sent = self.sent(case_id, action, data)
            told = {"by": by, "at": clock.now(), "seen": seen, "data": sent}
            got = _answered(lambda: acts.act(("project", case_id), action, **told))
            if isinstance(got, str) or action not in {"pass_screening", "decide_amendment"}:
                return got
            sheet = self.sheet(case_id)
            return frozenset("sheet" if clause in sheet else clause for clause in got)

    def plan(self) -> None:
        """The secretary plans a meeting for today."""
        with self.running():
            self.meetings.append(self.world.meeting())

    def on_meeting(self, number: int, action: str, who: str | None, seen: int | None, data: Mapping[str, Any]) -> Any:
        """Ask for an act on a meeting; the answer in the model's words."""
        with self.running():
            by = db.session.get_one(User, self.people[who]) if who else None
            told = {"by": by, "at": clock.now(), "seen": seen, "data": self.sent_to_meeting(data)}
            return _answered(lambda: acts.act(("meeting", self.meetings[number]), action, **told))

    def sent_to_meeting(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the form of an act on a meeting would hand to the door."""
        sent: dict[str, Any] = {"words": "理由充分"}
        if "present" in data:
            sent["present"] = [self.people[w] for w in data["present"]]
        if "days" in data:
            sent["held_on"] = clock.today() + timedelta(days=data["days"])
        return sent

    def _by(self, who: str | None) -> Any:
        if who == "anybody":
            return acts.ANYBODY
        return db.session.get_one(User, self.people[who]) if who else None

    def sheet(self, case_id: int) -> tuple[str, ...]:
        case = db.session.get_one(Case, case_id)
        return tuple(c for c in sheet_facts.sheet(current(), case.method) if case.state != "draft")

    def sent(  # noqa: PLR0912 (one branch a form)
        self, case_id: int, action: str, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the form of an act would hand to the door."""
        sent: dict[str, Any] = {"words": "理由充分"} | dict(data)
        match action:
            case "answer_condition":
                one, *rest = self.sheet(case_id) or ("A01",)
                parts = {one: data["one"]} | dict.fromkeys(rest, data["rest"])
                sent["answers"] = {c: {"verdict": v, "evidence": "见材料"} for c, v in parts.items() if v}
            case "request_correction":
                sent["faults"] = [{"field": f, "what": "请改正"} for f in data["faults"]]
            case "approve_risk":
                condition = {"words": "补办登记", "evidence": "登记证明", "due_on": clock.today()}
                sent["conditions"] = [condition] * data.get("conditions", 0)
            case "reopen" | "uphold":
                sent["people"] = [self.people[w] for w in data["people"]]
            case "report_condition" | "confirm_condition":
                sent["condition_id"] = self._condition(case_id, *data["condition"])
            case "record_delivery":
                sent |= {"way": "post", "delivered_on": clock.today() + timedelta(days=data["days"])}
            case "remind":
                sent["clock"] = self._clock(case_id, data["of"])
            case "record_site_check":
                told = {"visited_on": clock.today(), "place": "东坡", "who_went": "经办人二人", "observed": "荒草坡"}
                sent |= told | {"corrects": self._site_check(case_id, data["corrects"])}
            case "sign_site_check":
                sent["site_check_id"] = self._site_check(case_id, data["check"])
            case "vote":
                sent["reasons"] = "理由充分"
            case "table":
                number = sent.pop("meeting")
                sent |= {} if number is None else {"meeting": self.meetings[number]}
            case "declare_recusal":
                sent["ground"] = "relatives_employer"
            case "propose_recusal" | "decide_recusal":
                sent |= {"member": self.people[data["member"]], "ground": "other_tie"}
            case "find_flaw":
                sent["member"] = data["member"] and self.people[data["member"]]
            case "file_validation":
                met = data["conclusion"] == "favourable"
                sent |= NATIONAL
                sent["matters"] = {f"V{n}": {"met": met, "words": "符合"} for n in range(1, 6)}
            case "object" | "answer_objection" | "name_verifier":
                sent |= self._of_the_notice(case_id, action, data)
            case _:
                sent |= {
                    "name_validator": {"organisation_id": self.vvb_org},
                    "draw_panel": {"wanted": [], "expected_days": 10},
                    "decline": {"right_way": "other"},
                    "answer_finding": {"clause": "R20"},
                }.get(action, {})
        return sent

    def _of_the_notice(self, case_id: int, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
        if action == "answer_objection":
            return {"objection_id": self._raised(case_id, data["place"])}
        if action == "name_verifier":
            return {"verifier_id": self.vvb_org if data["body"] == "vvb" else self.verifier_org}
        about = "tenure" if data["tenure"] else "facts"
        person = {"name": "示例村民", "reach": "0538-0000000"}
        return {"kind": "objection", "about": about, "parcel_key": data["parcel"], **person}

    @staticmethod
    def _raised(case_id: int, place: int) -> int:
        query = select(Objection.id).where(Objection.case_id == case_id).order_by(Objection.id)
        return db.session.scalar(query.offset(place).limit(1)) or 0

    @staticmethod
    def _site_check(case_id: int, place: int | None) -> int | None:
        """The record of a place among all of a case; 0 where there is none."""
        if place is None:
            return None
        rows = db.session.scalars(select(SiteCheck.id).where(SiteCheck.case_id == case_id).order_by(SiteCheck.id)).all()
        return rows[place] if place < len(rows) else 0

    @staticmethod
    def _condition(case_id: int, round_no: int, place: int) -> int:
        query = select(ApprovalCondition.id).where(
            ApprovalCondition.case_id == case_id,
            ApprovalCondition.round_no == round_no,
            ApprovalCondition.no == place + 1,
        )
        return db.session.scalar(query) or 0

    @classmethod
    def _clock(cls, case_id: int, name: str) -> int:
        kind, _, place = name.partition(" ")
        words = {"decision": "risk_decision", "entry": "registration_decision"}
        words |= {"ask": "reconsideration_ask", "answer": "reconsideration_answer"}
        running = (CaseClock.case_id == case_id, CaseClock.ended_on.is_(None), CaseClock.kind == words.get(kind, kind))
        query = select(CaseClock.id).where(*running)
        if kind == "objection":
            query = query.where(CaseClock.ref == cls._raised(case_id, int(place)))
        elif place:
            query = query.join(ApprovalCondition, ApprovalCondition.id == CaseClock.ref)
            query = query.where(ApprovalCondition.no == int(place) + 1)
        return db.session.scalar(query) or 0

    def join(self, who: str) -> None:
        """Somebody joins the applicant's organisation today."""
        with self.running():
            factories.belongs(self.people[who], self.org, since=clock.today())


SECTIONS = ("basics", "parcels", "method", "contract", "crediting", "documents", "declarations")
SECTION_OF = {
    "contact": "basics",
    "parcels": "parcels",
    "disputed": "parcels",
    "corridor": "method",
    "contract": "contract",
    "undone": "declarations",
}


def _answered(act: Callable[[], Any]) -> Any:
    """What came of an act, in the model's words; the clauses where rules stop it."""
    try:
        act()
    except acts.NotVisible:
        return "not_visible"
    except acts.Stale:
        return "stale"
    except acts.NotOpen:
        return "not_open"
    except acts.Refused as refused:
        return frozenset(o.clause for o in refused.stopping)
    return "ok"


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
