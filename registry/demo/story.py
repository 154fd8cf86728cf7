"""The histories of the demo's cases, played through the door in the order in which they happened.

All cases advance together, so that numbers and audit chain are in the order of time, as in life.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update

from registry.clock import ZONE, day_of
from registry.demo import answers, farm, greening, inventory, meetings, paper, policy, reports
from registry.demo.people import organisations, read
from registry.extensions import db, writing
from registry.models import Case, Notice, Organisation, User
from registry.queries import applications, calendar, notices
from registry.services import acts, documents, drafts, facts, panel_facts, sheet_facts
from registry.services.policy import current
from registry.storage import Stored, clean_name, put
from workflows.states import Side
from workflows.working_days import in_working_days

OPENS = time(9, 0)
BETWEEN = timedelta(minutes=25)
"""Between two acts of one case on one day."""
STAGGER = timedelta(seconds=37)
"""Between two cases."""
BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier than anything that is played."""
STILL_NEW = timedelta(days=10)
"""Notices older than this have been read."""
BEFORE_THE_REPORT = timedelta(days=75)
"""How long before the validation report the national notice began."""
ANYBODY = "anybody"
"""Who stands for a member of the public in a history."""
GROUPS = ("group", "experts", "some_experts")
"""Who stands for the members in the room, or for the experts of a panel, in a history."""


def workday(at: datetime, away: int) -> date:
    """The day so many working days after (`away` < 0: before) the day of an instant, by the calendar kept here."""
    on, step, works = day_of(at), timedelta(days=1 if away > 0 else -1), calendar.current().works
    for _day in range(abs(away)):
        on += step
        while not works(on):
            on += step
    return on


@dataclass(slots=True)
class Told:
    """One case of the file as it is being played; `sections` are its answers."""

    spec: dict[str, Any]
    sections: dict[str, Any]
    case_id: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history: who does what, the word that follows, and their own words, if any."""

    who: tuple[str, ...]
    act: str
    word: str
    words: str

    @classmethod
    def read(cls, line: str) -> tuple[int, "Step"]:
        """The working day and the step of "-57 officer2 accept | …"; raises ValueError."""
        head, _bar, words = line.partition("|")
        day, who, act, *rest = head.split()
        return int(day), cls(tuple(who.split(",")), act, " ".join(rest), words.strip())


@dataclass(slots=True)
class Stage:
    """What the players share."""

    at: datetime
    words: dict[str, Any]
    organisations: dict[str, dict[str, Any]]
    org_ids: dict[str, int]
    user_ids: dict[str, int]
    meetings: dict[str, int] = field(default_factory=dict)
    files: dict[str, Stored] = field(default_factory=dict)
    votes: int = 0
    last: datetime = BEFORE

    @property
    def on(self) -> date:
        """The day of loading."""
        return day_of(self.at)

    def tick(self, planned: datetime) -> datetime:
        """The instant planned, or soon after what was played last: time never runs back between two cases."""
        self.last = max(planned, self.last + STAGGER)
        return self.last

    def user(self, login: str) -> User:
        """Somebody of the demo, read now."""
        return db.session.get_one(User, self.user_ids[login])

    def file(self, title: str) -> Stored:
        """The example paper of a title, made and kept once."""
        if title not in self.files:
            self.files[title] = put(io.BytesIO(paper.pdf(title, "示例", "演示数据，不是真实文件")), "a.pdf")
        return self.files[title]


def play(at: datetime) -> None:
    """Play every case of `cases.toml` and every meeting of `meetings.toml`; all of it lies before the day of `at`."""
    stage = _set(at)
    council = read("meetings.toml")
    begins = lambda day: _instant(stage, day, 0, 0)  # noqa: E731
    scenes: list[tuple[datetime, Callable[[], None]]] = [
        *meetings.declared(stage, council["interest"], begins),
        *meetings.scenes(stage, council["meeting"], begins, lambda day: workday(at, day)),
    ]
    contracts = read("contracts.toml")
    for place, spec in enumerate(read("cases.toml")["case"]):
        vvb = stage.org_ids[spec["vvb"]] if "vvb" in spec else None
        told = Told(spec, answers.of(spec, stage.words, contracts, stage.organisations, vvb, stage.on, place))
        scenes += _scenes(stage, told, place)
    scenes += inventory.scenes(stage)
    scenes += farm.scenes(stage)
    scenes += reports.scenes(stage)
    reporters = {
        p["of"]: p["login"] for p in read("people.toml")["person"] if "district_reporter" in p.get("roles", ())
    }
    scenes += greening.scenes(stage, read("greening.toml"), reporters)
    scenes += policy.scenes(stage, read("policy.toml"))
    for _when, scene in sorted(scenes, key=lambda pair: pair[0]):
        scene()
    _read_old_notices(at)


def _read_old_notices(at: datetime) -> None:
    """People have read what they were told some time ago."""
    with writing():
        old = update(Notice).where(Notice.made_at < at - STILL_NEW)
        db.session.execute(old.values(read_at=Notice.made_at))


def _set(at: datetime) -> Stage:
    said = organisations()
    by_name = dict(db.session.execute(select(Organisation.name, Organisation.id)).all())
    users = dict(db.session.execute(select(User.login, User.id)).all())
    return Stage(at, read("words.toml"), said, {key: by_name[o["name"]] for key, o in said.items()}, users)


def _scenes(stage: Stage, told: Told, place: int) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Every scene of a case with its instant, in order."""
    opened = _instant(stage, told.spec["opened"], 0, place)
    yield opened, lambda: _open(stage, told, opened)
    on_day: dict[int, int] = {}
    for line in told.spec.get("history", ()):
        day, step = Step.read(line)
        nth = on_day[day] = on_day.get(day, 0) + 1
        when = _instant(stage, day, nth, place)
        yield when, lambda step=step, when=when: _do(stage, told, step, when)  # type: ignore[misc]


def _instant(stage: Stage, day: int, nth: int, place: int) -> datetime:
    morning = datetime.combine(workday(stage.at, day), OPENS, ZONE)
    return (morning + nth * BETWEEN + place * STAGGER).astimezone(UTC)


def _open(stage: Stage, told: Told, at: datetime) -> None:
    """Open the draft, fill in its sections and put its papers on file."""
    at = stage.tick(at)
    spec, by = told.spec, told.spec["by"]
    org_id = stage.org_ids[spec["proponent"]] if "proponent" in spec else None
    agent_id = stage.org_ids[spec["agent"]] if "agent" in spec else None
    applicant = drafts.Applicant(organisation_id=org_id, agent_org_id=agent_id)
    told.case_id = drafts.create(applicant, by=stage.user(by), at=at)
    filled = spec.get("sections") or list(told.sections)
    for section in filled:
        drafts.save_section(told.case_id, section, told.sections[section], True, 0, by=stage.user(by), at=at)
    if "parcels" in filled:
        _file_papers(stage, told, at)


def _file_papers(stage: Stage, told: Told, at: datetime) -> None:
    case = db.session.get_one(Case, told.case_id)
    rules = documents.required(current(), case, told.sections)
    uploads = []
    for name in documents.missing(rules, [], told.sections):
        kind, _slash, parcel = name.partition("/")
        if kind in told.spec.get("without", ()):
            continue
        title = current().document(kind).title("zh")
        filename = clean_name(f"{title}（示例）{parcel}.pdf")
        uploads.append(documents.Upload(kind, filename, stage.file(title), parcel))
    documents.add(told.case_id, uploads, by=stage.user(told.spec["by"]), at=at)


def _do(stage: Stage, told: Told, step: Step, at: datetime) -> None:
    who = _group(told, step.who[0]) if step.who[0] in GROUPS else step.who
    for n, login in enumerate(who):
        VERBS.get(step.act, _plain)(stage, told, login, step, at + n * timedelta(minutes=2))


def _group(told: Told, which: str) -> tuple[str, ...]:
    """The members in the room who have not voted, who presides last; or experts whose opinion is missing."""
    return meetings.to_speak(told.case_id) if which == "group" else _experts(told, some=which == "some_experts")


def _experts(told: Told, *, some: bool) -> tuple[str, ...]:
    """Experts of the panel at work whose opinion is missing: all, or the first two."""
    panel = panel_facts.at_work(db.session.get_one(Case, told.case_id))
    if panel is None:
        raise ValueError(f"{told.spec['name']}: no panel at work")
    given, sitting = {o.user_id for o in panel.opinions}, panel_facts.sitting(panel)
    left = [s.user.login for s in panel.seats if s.user_id in sitting and s.user_id not in given]
    return tuple(left[:2] if some else left)


def _act(stage: Stage, told: Told, login: str, action: str, at: datetime, **data: Any) -> None:
    """Through the door, as from a page just made; anybody comes from the public notice."""
    if login == ANYBODY:
        acts.act(("project", told.case_id), action, by=acts.ANYBODY, at=stage.tick(at), seen=None, data=data)
        return
    seen = db.session.scalar(select(Case.version).where(Case.id == told.case_id))
    acts.act(("project", told.case_id), action, by=stage.user(login), at=stage.tick(at), seen=seen, data=data)


def _plain(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """An act that takes nothing but words."""
    _act(stage, told, login, step.act, at, words=step.words or stage.words["act"].get(step.act, ""))


def _screen(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:  # noqa: ARG001
    method = told.sections["method"]
    clauses = sheet_facts.sheet(current(), method["method"])
    given = answers.screening(clauses, method, stage.words["evidence"])
    _act(stage, told, login, "answer_condition", at, answers=given)
    _act(stage, told, login, "sign_screening", at + timedelta(minutes=1))


def _vote(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    pool = stage.words["vote"][step.word]
    stage.votes += 1
    _act(stage, told, login, "vote", at, choice=step.word, reasons=step.words or pool[stage.votes % len(pool)])


def _draw(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    words = step.words or stage.words["act"]["draw_panel"]
    wanted = step.word.split() or ["forestry", "carbon_accounting"]
    _act(stage, told, login, "draw_panel", at, size=5, wanted=wanted, expected_days=10, words=words)


def _advise(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    pool = stage.words[step.act][step.word]
    stage.votes += 1
    words = step.words or pool[stage.votes % len(pool)]
    _act(stage, told, login, step.act, at, conclusion=step.word, words=words, independent=True)


def _opinion(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    words = step.words or stage.words[step.act][step.word]
    _act(stage, told, login, step.act, at, conclusion=step.word, words=words)


def _check_site(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    said = stage.words["site_check"] | ({"observed": step.words} if step.words else {})
    _act(stage, told, login, step.act, at, visited_on=day_of(at), **said)


def _sign_site_check(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """The record of the case that was written last."""
    case = db.session.get_one(Case, told.case_id)
    row_id = max(row_id for row_id, _signed in facts.site_checks(case.id, case.round).values())
    _act(stage, told, login, step.act, at, site_check_id=row_id)


def _validate(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    said, on = stage.words["file_validation"], day_of(at)
    matters = {m: {"met": step.word == "favourable", "words": said[m]} for m in ("V1", "V2", "V3", "V4", "V5")}
    data: dict[str, Any] = {
        "conclusion": step.word,
        "words": step.words or said[step.word],
        "matters": matters,
        "report_number": f"示例审字〔{on.year}〕{told.case_id}号",
        "report_on": on,
    }
    if told.spec["scheme"] == "ccer":
        data |= {
            "external_number": f"示例-{told.case_id:04d}",
            "notice_url": f"https://example.com/notice/{told.case_id}",
            "notice_from": on - BEFORE_THE_REPORT,
            "notice_to": _national(on - BEFORE_THE_REPORT),
        }
    _act(stage, told, login, "file_validation", at, **data)


def _national(start: date) -> date:
    """The last day of a national notice, whose first day counts."""
    days = int(current().number("national_notice_days", start))
    return in_working_days(calendar.current(), start, days, start_counts=True).last_day or start


def _answer_finding(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    _act(stage, told, login, "answer_finding", at, clause=step.word, words=step.words)


def _name_validator(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    _act(stage, told, login, "name_validator", at, organisation_id=stage.org_ids[step.word])


def _ask_for_corrections(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    _act(stage, told, login, step.act, at, faults=told.spec["faults"])


def _change(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """The applicant prepares the next round: the case's `changed` section of that name. No act."""
    data = told.sections[step.word] | answers.dated(told.spec["changed"][step.word], stage.on)
    told.sections[step.word] = data
    drafts.prepare(told.case_id)
    version = applications.prepared(db.session.get_one(Case, told.case_id))[step.word].version
    drafts.save_section(told.case_id, step.word, data, True, version, by=stage.user(login), at=stage.tick(at))


def _object(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """`word` is the kind, what it is about, and the parcel, if one is named."""
    kind, about, *parcel = step.word.split()
    named = {"parcel_key": parcel[0]} if parcel else {}
    person = {"name": "示例村民", "reach": "0538-0000000"}
    _act(stage, told, login, step.act, at, kind=kind, about=about, words=step.words, **named, **person)


def _answer_objection(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """The first that waits for this side; `word` is what an officer found, nothing for the applicant."""
    case = db.session.get_one(Case, told.case_id)
    side = Side.OFFICER if step.word else Side.APPLICANT
    first = notices.to_answer(case, side)[0][0]
    found = {"outcome": step.word} if step.word else {}
    _act(stage, told, login, step.act, at, objection_id=first, words=step.words, **found)


def _table(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    words = step.words or stage.words["act"]["table"]
    _act(stage, told, login, "table", at, meeting=stage.meetings[step.word], words=words)


def _approve(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """With the case's conditions where the line says so."""
    given = told.spec["conditions"] if step.word == "conditions" else ()
    conditions = [{**c, "due_on": workday(stage.at, c["due_on"])} for c in given]
    words = step.words or stage.words["act"]["approve_risk"]
    _act(stage, told, login, "approve_risk", at, words=words, conditions=conditions)


def _recusal(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """A ground, and where somebody else is meant, that member."""
    ground, _space, member = step.word.partition(" ")
    named = {"member": stage.user_ids[member]} if member else {}
    _act(stage, told, login, step.act, at, ground=ground, words=step.words, **named)


def _deliver(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """Delivered in the way that `word` says, on the day it is recorded."""
    _act(stage, told, login, step.act, at, way=step.word, delivered_on=day_of(at))


def _decline(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    _act(stage, told, login, step.act, at, right_way=step.word, words=step.words)


VERBS: dict[str, Callable[[Stage, Told, str, Step, datetime], None]] = {
    "screen": _screen,
    "vote": _vote,
    "draw_panel": _draw,
    "give_expert_opinion": _advise,
    "give_legal_opinion": _opinion,
    "record_site_check": _check_site,
    "sign_site_check": _sign_site_check,
    "give_environment_opinion": _opinion,
    "file_validation": _validate,
    "answer_finding": _answer_finding,
    "name_validator": _name_validator,
    "request_correction": _ask_for_corrections,
    "change": _change,
    "decline": _decline,
    "record_delivery": _deliver,
    "object": _object,
    "answer_objection": _answer_objection,
    "table": _table,
    "approve_risk": _approve,
    "declare_recusal": _recusal,
    "propose_recusal": _recusal,
}
"""Acts that take more than words; every other act of the table is played as it is."""
