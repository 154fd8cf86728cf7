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
from registry.demo import answers, paper
from registry.demo.people import organisations, read
from registry.extensions import db, writing
from registry.models import Case, Notice, Organisation, User
from registry.queries import applications
from registry.services import acts, documents, drafts, facts
from registry.services.policy import current
from registry.storage import Stored, clean_name, put
from workflows.deliberation import quorum_needed

OPENS = time(9, 0)
BETWEEN = timedelta(minutes=25)
"""Between two acts of one case on one day."""
STAGGER = timedelta(seconds=37)
"""Between two cases."""
BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier than anything that is played."""
STILL_NEW = timedelta(days=10)
"""Notices older than this have been read."""
SATURDAY = 5
GROUPS = ("group", "quorum")
"""Who stands for members of the leading group in a history."""


def workday(at: datetime, back: int) -> date:
    """The day so many weekdays (`back` ≤ 0) before the day of an instant; holidays are not looked up."""
    on = day_of(at)
    for _step in range(-back):
        on -= timedelta(days=1)
        while on.weekday() >= SATURDAY:
            on -= timedelta(days=1)
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
    """Play every case of `cases.toml`; all of it lies before the day of `at`."""
    stage = _set(at)
    scenes: list[tuple[datetime, Callable[[], None]]] = []
    for place, spec in enumerate(read("cases.toml")["case"]):
        vvb = stage.org_ids[spec["vvb"]] if "vvb" in spec else None
        told = Told(spec, answers.of(spec, stage.words, stage.organisations, vvb, stage.on))
        scenes += _scenes(stage, told, place)
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
    """Electors of the open sitting who have not voted, who presides last: all, or just enough for a quorum."""
    sitting = facts.open_sitting(told.case_id)
    if sitting is None:
        raise ValueError(f"{told.spec['name']}: no open sitting")
    voted = {v.user_id for v in sitting.votes}
    electors = sorted(sitting.electors, key=lambda e: (e.presides, e.seat))
    left = [e.user.login for e in electors if e.user_id not in voted]
    if which == "group":
        return tuple(left)
    counted = facts.sitting_facts(sitting, None)
    needed = quorum_needed(counted) - len(voted) if counted else 0
    return (*left[: needed - 1], left[-1])


def _act(stage: Stage, told: Told, login: str, action: str, at: datetime, **data: Any) -> None:
    """Through the door, as from a page just made."""
    seen = db.session.scalar(select(Case.version).where(Case.id == told.case_id))
    acts.act(("project", told.case_id), action, by=stage.user(login), at=stage.tick(at), seen=seen, data=data)


def _plain(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    """An act that takes nothing but words."""
    _act(stage, told, login, step.act, at, words=step.words or stage.words["act"].get(step.act, ""))


def _screen(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:  # noqa: ARG001
    method = told.sections["method"]
    clauses = facts.sheet(current(), method["method"])
    given = answers.screening(clauses, method, stage.words["evidence"])
    _act(stage, told, login, "answer_condition", at, answers=given)
    _act(stage, told, login, "sign_screening", at + timedelta(minutes=1))


def _vote(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    pool = stage.words["vote"][step.word]
    stage.votes += 1
    _act(stage, told, login, "vote", at, choice=step.word, reasons=step.words or pool[stage.votes % len(pool)])


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
            "notice_url": f"https://example.com/notice/{told.case_id}",
            "notice_from": on - timedelta(days=45),
            "notice_to": on - timedelta(days=17),
        }
    _act(stage, told, login, "file_validation", at, **data)


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


def _decline(stage: Stage, told: Told, login: str, step: Step, at: datetime) -> None:
    _act(stage, told, login, step.act, at, right_way=step.word, words=step.words)


VERBS: dict[str, Callable[[Stage, Told, str, Step, datetime], None]] = {
    "screen": _screen,
    "vote": _vote,
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
}
"""Acts that take more than words; every other act of the table is played as it is."""
