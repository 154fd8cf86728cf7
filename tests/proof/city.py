"""The registry as the proofs drive it: databases put back in milliseconds, requests in the model's words, raw rows."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from registry import clock, create_app
from registry.extensions import db, writing
from registry.models import Answers, Appointment, ApprovalCondition, Case, SiteCheck, User
from registry.services import acts, drafts, facts
from registry.services.policy import current
from tests import factories
from tests.conftest import FIXED, Clock
from tests.databases import Databases, let_go, test_settings
from tests.world import BASICS, METHOD, PARCEL, PDF, World
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
        self._kept = 0
        self._raw: Any = None
        with self.app.app_context(), clock.told_by(self.clock):
            world = World()
            self.org, self.vvb_org = world.org, world.vvb_org
            for who in GONE:
                self._retire(world.people.pop(who))
            world.people["insider"] = self._insider(world)
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
                self._answers(model, content, section),
                done=section != "declarations" or not content["undone"],
                version_seen=row.version if row else 0,
                by=owner,
                at=clock.now(),
            )

    def _answers(self, model: Any, content: Mapping[str, Any], section: str) -> dict[str, Any]:
        match section:
            case "basics":
                return {**BASICS, "scheme": model.scheme, "contact_phone": f"0538-{content['contact']:07d}"}
            case "parcels":
                tenure = "collective_managed" if model.collective else "other_contract"
                area = str(600 - content["parcels"])
                changed = {"tenure": tenure, "area": area, "area_mu": area, "disputed": content["disputed"]}
                return {"parcels": [PARCEL | changed]}
            case "method":
                return METHOD[model.scheme] | {"land_setting": "corridor" if content["corridor"] else "forest_land"}
            case "contract":
                return {"has_partner": False, "note": str(content["contract"])}
            case "crediting":
                days = {"start_on": "2024-03-12", "end_on": "2044-03-11", "vvb_org_id": self.vvb_org}
                return {**days, "expected_total_t": "12000", "expected_annual_t": "600"}
            case "declarations":
                return {"true": True, "unique": True, "consent": True}
        return {}

    def act(self, case_id: int, action: str, who: str | None, seen: int | None, data: Mapping[str, Any]) -> Any:
        """Ask for an act; the answer in the model's words."""
        with self.running():
            by = db.session.get_one(User, self.people[who]) if who else None
            sent = self.sent(case_id, action, data)
            try:
                acts.act(("project", case_id), action, by=by, at=clock.now(), seen=seen, data=sent)
            except acts.NotVisible:
                return "not_visible"
            except acts.Stale:
                return "stale"
            except acts.NotOpen:
                return "not_open"
            except acts.Refused as refused:
                sheet = self.sheet(case_id) if action in {"pass_screening", "decide_amendment"} else ()
                return frozenset("sheet" if o.clause in sheet else o.clause for o in refused.stopping)
            return "ok"

    def sheet(self, case_id: int) -> tuple[str, ...]:
        case = db.session.get_one(Case, case_id)
        return tuple(c for c in facts.sheet(current(), case.method) if case.state != "draft")

    def sent(self, case_id: int, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
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
            case "record_site_check":
                told = {"visited_on": clock.today(), "place": "东坡", "who_went": "经办人二人", "observed": "荒草坡"}
                sent |= told | {"corrects": self._site_check(case_id, data["corrects"])}
            case "sign_site_check":
                sent["site_check_id"] = self._site_check(case_id, data["check"])
            case "vote":
                sent["reasons"] = "理由充分"
            case "file_validation":
                met = data["conclusion"] == "favourable"
                sent["matters"] = {f"V{n}": {"met": met, "words": "符合"} for n in range(1, 6)}
            case "name_validator":
                sent["organisation_id"] = self.vvb_org
            case "decline":
                sent["right_way"] = "other"
            case "answer_finding":
                sent["clause"] = "R20"
        return sent

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


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
