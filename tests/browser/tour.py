"""`make tour`: a picture of every screen, both languages, wide and narrow, into tests/browser/out (not committed).

A few of them are the README's: those go into docs/pictures.
"""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["TAILIN_ENV"] = "test"

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from sqlalchemy import func, select

from registry.config import ROOT
from registry.extensions import db
from registry.jobs import make_papers
from registry.models import (
    Answers,
    Appointment,
    Case,
    CompletionReport,
    Deliberation,
    DeliberationEnd,
    Inventory,
    Meeting,
    Membership,
    Objection,
    Organisation,
    Paper,
    PaperKind,
    Pilot,
    PilotReport,
    PolicyChange,
    Registration,
    SittingCall,
)
from tests.browser.serving import Served, chromium, demo_server, sign_in
from workflows.roles import Role
from workflows.states import (
    CompletionState,
    MeetingState,
    ObjectionAbout,
    PeriodKind,
    ProjectState,
    ReportState,
    Scheme,
)

S = ProjectState

OUT = ROOT / "tests" / "browser" / "out"
README = ROOT / "docs" / "pictures"
WIDTHS = (1280, 390)
LANGUAGES = ("zh", "en")
IN_THE_README = (
    *("home", "project", "task-list", "inbox", "case-risk_review", "screening", "contract", "room", "rule"),
    *("policy-change", "paper", "dashboard", "targets", "inventory", "field", "pilot-report"),
)
ON_THE_WALL = ("room", "room-no-quorum")
WALL: ViewportSize = {"width": 1920, "height": 1080}
"""Pages made for a projector are taken at its size instead of the wide one."""
ON_A_PHONE = ("field",)
"""Shown narrow in the README: made for a phone."""
WIDEST = 1280
"""A README picture is no wider."""

Stop = tuple[str, int | None, str]
"""A picture's name, the demo person's id (None: nobody is signed in), the address."""


def stops(served: Served) -> list[Stop]:
    """Every screen: public pages, start pages, an application, a case of every state, the acts, the administrator."""
    with served.app.app_context():
        role = {r.value: user for r, user in db.session.execute(select(Appointment.role, Appointment.user_id))}
        number = {state: no for state, no in db.session.execute(select(Case.state, Case.number)) if no}
        entry = db.session.scalars(select(Registration.project_number).order_by(Registration.registered_at)).first()
        screened = db.session.scalars(
            select(Case.number).where(Case.state == S.METHODOLOGY_SCREENING, Case.scheme == Scheme.CCER)
        ).first()
        sitting = db.session.scalars(
            select(Case.number)
            .join(Deliberation, Deliberation.case_id == Case.id)
            .join(SittingCall, SittingCall.deliberation_id == Deliberation.id)
            .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
            .where(DeliberationEnd.deliberation_id.is_(None), Case.state == S.RISK_REVIEW)
        ).first()
        disputed, receipt = db.session.execute(
            select(Objection.notice_id, Objection.code).where(Objection.about == ObjectionAbout.TENURE)
        ).first()
        paper, papered = db.session.execute(
            select(Paper, Case.number)
            .join(Case, Case.id == Paper.case_id)
            .where(Paper.kind == PaperKind.CERTIFICATE, Case.state == S.REGISTERED)
            .order_by(Paper.id)
        ).first()
        applicant, mine = _draft()
        corrected = db.session.scalars(select(Case).where(Case.state == S.CORRECTION_REQUESTED)).first()
        corrects = (corrected.created_by_id, f"/my/{corrected.id}") if corrected else (None, "/")
        largest = select(Case.number, Case.partner_org_id).where(Case.partner_org_id.is_not(None))
        contracted, partner = db.session.execute(largest.order_by(Case.area_mu.desc())).first()
        held = dict(db.session.execute(select(Meeting.state, func.max(Meeting.id)).group_by(Meeting.state)).all())
        db.session.remove()
    secretary, planned = role["secretary"], f"/meetings/{held[MeetingState.PLANNED]}"
    session, last = f"/meetings/{held[MeetingState.IN_SESSION]}", f"/meetings/{held[MeetingState.HELD]}"
    meetings = [
        ("meetings", secretary, "/meetings"),
        ("meeting-plan", secretary, "/meetings/plan"),
        ("meeting-planned", secretary, planned),
        ("meeting-candidates", secretary, f"{planned}/candidates"),
        ("meeting-roll", secretary, f"{session}/act/note_attendance"),
        ("meeting-in-session", role["chair"], session),
        ("meeting-held", role["auditor"], last),
        ("meeting-history", role["auditor"], f"{last}/history"),
        ("room", secretary, f"{session}/room?item=2"),
        ("room-no-quorum", secretary, f"{last}/room?item=1"),
        ("my-opinions", role["deputy_chair"], "/opinions"),
    ]
    with served.app.app_context():
        measured = _measured(role)
        db.session.remove()
    officer, deputy, admin = role["case_officer"], role["deputy_chair"], role["administrator"]
    shown = number.get(S.SUBMITTED)
    return [
        ("home", None, "/"),
        ("projects", None, "/projects"),
        ("project", None, f"/projects/{entry}"),
        ("reference", None, "/reference"),
        ("rules", None, "/rules"),
        ("rule", None, "/rules/S11"),
        ("verify", None, "/verify"),
        ("verified", None, f"/verify/{paper.code}"),
        ("help", None, "/help"),
        ("accessibility", None, "/accessibility"),
        ("sign-in", None, "/sign-in"),
        ("public-notices", None, "/public-notices"),
        ("public-notice", None, f"/public-notices/{disputed}"),
        ("object", None, f"/public-notices/{disputed}/object"),
        ("receipt", None, f"/objections/{receipt}"),
        ("not-found", None, "/no-such-page"),
        ("inbox", officer, "/inbox"),
        ("cases", officer, "/cases"),
        ("notices", officer, "/notices"),
        ("account", officer, "/account"),
        *((f"{name}-start", user, "") for name, user in sorted(role.items())),
        ("my-projects", applicant, "/my"),
        ("start", applicant, "/my/start"),
        ("task-list", applicant, mine),
        *((f"section-{n}", applicant, f"{mine}/{n}") for n in ("basics", "parcels", "method", "contract", "crediting")),
        ("parcel", applicant, f"{mine}/parcels/p1"),
        ("documents", applicant, f"{mine}/documents"),
        ("check", applicant, f"{mine}/check"),
        ("corrections", *corrects),
        *((f"case-{state.value}", officer, f"/cases/{no}") for state, no in sorted(number.items())),
        ("application", officer, f"/cases/{shown}/application"),
        ("act-accept", officer, f"/cases/{shown}/act/accept"),
        ("act-decline", officer, f"/cases/{shown}/act/decline"),
        ("act-request_correction", officer, f"/cases/{shown}/act/request_correction"),
        ("screening", officer, f"/cases/{screened}/screening#c-A02"),
        ("methods", officer, f"/cases/{screened}/methods"),
        ("contract", officer, f"/cases/{contracted}/contract"),
        ("partners", officer, "/partners"),
        ("partner", officer, f"/partners/{partner}"),
        ("vote", deputy, f"/cases/{sitting}/act/vote"),
        *meetings,
        ("paper", officer, f"/cases/{papered}/papers/{paper.id}"),
        ("audit", role["auditor"], f"/cases/{shown}/audit"),
        ("admin-users", admin, "/admin/users"),
        ("admin-new-user", admin, "/admin/users/new"),
        ("admin-user", admin, f"/admin/users/{officer}"),
        ("admin-organisations", admin, "/admin/organisations"),
        ("self-check", None, "/self-check"),
        ("self-check-contract", None, "/self-check/contract"),
        ("calendar", None, "/calendar"),
        ("experts", secretary, "/experts"),
        ("my-panels", role["expert"], "/my/panels"),
        *measured,
    ]


def _measured(role: dict[str, int]) -> list[Stop]:
    """Rule changes, targets, inventories, the farm and its reports; what the demo holds none of is left out."""
    officer, chair, farmer = role["case_officer"], role["chair"], role["farm_reporter"]

    def newest(table: Any, *which: Any) -> int | None:
        return db.session.scalar(select(func.max(table.id)).where(*which))

    unit = db.session.scalars(
        select(Appointment.user_id)
        .join(Membership, Membership.user_id == Appointment.user_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Appointment.role == Role.DISTRICT_REPORTER, Organisation.unit_key.is_not(None))
    ).first()
    change, pilot, inventory = newest(PolicyChange), newest(Pilot), newest(Inventory)
    waits = newest(CompletionReport, CompletionReport.state == CompletionState.REPORTED)
    yearly = newest(PilotReport, PilotReport.period_kind == PeriodKind.YEAR)
    open_one = newest(PilotReport, PilotReport.state.in_((ReportState.DRAFT, ReportState.RETURNED)))
    found: list[tuple[str, int | None, str, int | None]] = [
        ("policy", officer, "/policy", 1),
        ("policy-figure", officer, "/policy/figures/quorum_num", 1),
        (
            "policy-change",
            officer,
            f"/policy/changes/{change}" if change else "/policy/changes/new?figure=quorum_num",
            1,
        ),
        ("dashboard", chair, "/dashboard", 1),
        ("dashboard-findings", chair, "/dashboard/findings?class=M5", 1),
        ("dashboard-contracts", chair, "/dashboard/contracts", 1),
        ("dashboard-expected", chair, "/dashboard/expected", 1),
        ("dashboard-losses", chair, "/dashboard/losses", 1),
        ("overdue", role["supervisor"], "/overdue", 1),
        ("targets", None, "/targets", 1),
        ("greening", officer, "/greening/reports", 1),
        ("greening-report", officer, f"/greening/reports/{waits}", waits),
        ("greening-confirm", officer, f"/greening/reports/{waits}/act/confirm_completion", waits),
        ("greening-new", unit, "/greening/reports/new", unit),
        ("inventories", officer, "/inventory", 1),
        ("inventory", officer, f"/inventory/{inventory}", inventory),
        ("inventory-new", farmer, "/inventory/new", 1),
        ("farm", farmer, "/farm", 1),
        ("pilot", farmer, f"/farm/pilots/{pilot}", pilot),
        ("farm-loss", farmer, "/farm/records/new/loss", 1),
        ("field-index", farmer, "/field/", 1),
        ("field", farmer, "/field/measurement", 1),
        ("pilot-reports", None, "/pilot-reports", 1),
        ("reports", farmer, "/reports", 1),
        ("pilot-report", chair, f"/reports/{yearly}", yearly),
        ("report-write", farmer, f"/reports/{open_one}/write", open_one),
    ]
    return [(name, person, address) for name, person, address, there in found if there]


def _draft() -> tuple[int, str]:
    """The fullest draft: who fills it in, and its address."""
    filled = select(func.count()).where(Answers.case_id == Case.id).scalar_subquery()
    draft = db.session.scalars(select(Case).where(Case.state == S.DRAFT).order_by(filled.desc())).first()
    assert draft is not None, "the demo has a draft"
    return draft.created_by_id, f"/my/{draft.id}"


def walk(browser: Browser, served: Served, readme_alone: bool = False) -> Iterator[tuple[str, int]]:
    """Take the pictures; yields each one's name and the answer's status."""
    people: dict[int | None, list[Stop]] = {}
    for stop in stops(served):
        if not readme_alone or stop[0] in IN_THE_README:
            people.setdefault(stop[1], []).append(stop)
    for person, screens in people.items():
        context = browser.new_context(base_url=served.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        if person is not None:
            sign_in(page, person)
        start = page.url.removeprefix(served.url)
        for language in LANGUAGES:
            page.goto(f"/language/{language}")
            for width in WIDTHS:
                for name, _person, address in screens:
                    shown = WIDTHS[1] if name in ON_A_PHONE else WIDTHS[0]
                    kept = name in IN_THE_README and (language, width) == (LANGUAGES[0], shown)
                    if readme_alone and not kept:
                        continue
                    wall = name in ON_THE_WALL and width == WIDTHS[0]
                    page.set_viewport_size(WALL if wall else {"width": width, "height": 900})
                    answer = page.goto(address or start)
                    picture = f"{name}-{language}-{width}.png"
                    page.screenshot(path=OUT / picture, full_page=True)
                    if kept:
                        _keep(page.screenshot(), README / f"{name}.png")
                    yield picture, answer.status if answer else 0
        context.close()


def _keep(picture: bytes, file: Path) -> None:
    """Write a README picture in 64 colours: half the bytes, and no difference to the eye on flat pages."""
    colours = Image.Quantize.FASTOCTREE
    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    shown.thumbnail((WIDEST, WIDEST))
    flat = shown.quantize(64, method=colours, dither=Image.Dither.NONE)
    flat.save(file, optimize=True)


def main() -> None:
    program = chromium()
    if program is None:
        raise SystemExit("No chromium on this machine (Debian: apt-get install chromium).")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    shutil.rmtree(README, ignore_errors=True)
    README.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, demo_server(Path(folder)) as served, sync_playwright() as playwright:
        with served.app.app_context():
            make_papers()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for picture, status in walk(browser, served, "--readme" in sys.argv[1:]):
            sys.stdout.write(f"{status} {picture}\n")
        browser.close()


if __name__ == "__main__":
    main()
