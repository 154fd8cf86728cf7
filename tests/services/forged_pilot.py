"""Forged pilots and records of a farm or a project: what the database must say, and the statements."""

from typing import Any

from tests.services.forging import AT, OTHER_DIGEST, Forge, Stage, Step, delete, emptied, insert, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

PILOT, RECORD = 9601, 9701
STEPS, PLAIN = "a pilot goes its steps in order", "is append-only"


def pilot(s: Stage, number: int = PILOT, farm: str = "applicant", **changed: Any) -> Step:
    values = {"id": number, "farm_id": s.orgs[farm], "body_id": s.body, "title": "x", "since": "2026-01-01"}
    more = {"until": "2026-12-31", "budget_yuan": 0, "state": "plan", "version": 1, "is_example": False}
    return insert("pilots", **(values | more | {"drafted_by_id": s.people["owner"], "drafted_at": AT} | changed))


def step(number: int = PILOT, **changed: Any) -> Step:
    return update("pilots", f"id = {number}", **changed)


def submitted(s: Stage) -> list[Step]:
    return [pilot(s), step(state="submitted", submitted_by_id=s.people["owner"], submitted_at=AT)]


def prepared(s: Stage) -> list[Step]:
    return [*submitted(s), step(state="prepared", prepared_by_id=s.people["officer"])]


def approved(s: Stage) -> list[Step]:
    return [*prepared(s), step(state="approved", approved_by_id=s.people["officer2"])]


def running(s: Stage) -> list[Step]:
    return [*approved(s), step(state="running")]


def record(
    s: Stage, kind: str = "activity", number: int = RECORD, farm: str | None = "applicant", **changed: Any
) -> Step:
    values = {"id": number, "kind": kind, "farm_id": s.orgs[farm] if farm else None, "on_day": "2026-03-01"}
    more = {"place": "x", "note": "", "source": "", "client_id": f"{number:016d}", "reason": "", "is_example": False}
    return insert("farm_records", **(values | more | {"entered_by_id": s.people["owner"], "entered_at": AT} | changed))


def activity(number: int = RECORD, **changed: Any) -> Step:
    values = {"id": number, "work": "tending", "done_mu": 10, "species": ""}
    return insert("pilot_activities", **(values | changed))


def work(s: Stage) -> list[Step]:
    return [record(s), activity()]


def loss(number: int = RECORD, **changed: Any) -> Step:
    values = {"id": number, "cause": "fire", "area_mu": 10, "method_version": "", "handling": ""}
    return insert("pilot_losses", **(values | changed))


def of_project(s: Stage, case: str = "registered", **changed: Any) -> Step:
    return record(s, "loss", farm=None, case_id=s.cases[case], **changed)


def plot(s: Stage, number: int = RECORD, farm: str = "applicant", **changed: Any) -> list[Step]:
    values = {"id": number, "plot_no": f"示例{number}", "area_m2": 600, "stratum": "", "species": ""}
    return [record(s, "plot", number, farm), insert("pilot_plots", **(values | changed))]


def measured(s: Stage, number: int = RECORD + 1, plot_id: int = RECORD, **changed: Any) -> list[Step]:
    values = {"id": number, "plot_id": plot_id, "persons": "x", "instrument": "", "trees": 40, "tree_list": ""}
    return [record(s, "measurement", number), insert("pilot_measurements", **(values | changed))]


def trial(s: Stage, treatment: int, control: int, number: int = RECORD + 5) -> list[Step]:
    values = {"id": number, "treatment_id": treatment, "control_id": control, "measure": "x", "unit": "cm"}
    return [
        record(s, "trial", number),
        insert("pilot_trials", **(values | {"treatment_before": 1, "control_before": 1})),
    ]


def particulars(s: Stage, kind: str, table: str, **values: Any) -> list[Step]:
    """A record of a kind with its particulars."""
    return [record(s, kind), insert(table, id=RECORD, **values)]


MONEY = {"direction": "money_in", "heading": "x", "executed_yuan": 1, "funds": ""}
SALE = {"what": "x", "quantity_t": 1, "price_yuan": 1, "amount_yuan": 1, "counterparty": "x", "retirement_no": ""}
LOAN = {"what": "x", "loan_yuan": 1, "lender": "x", "registration_no": ""}
AIM = {"field": "finance", "aims": "x", "progress": ""}
NEXT = RECORD + 1
REPLACES = {"supersedes_id": RECORD, "reason": "x"}

ALLOWED |= {
    "a pilot from its plan to its evaluation": lambda s: [
        *running(s),
        step(state="evaluated", evaluated_by_id=s.people["officer"]),
    ],
    "the plan of a pilot that was returned and written anew": lambda s: [
        *submitted(s),
        step(state="plan"),
        step(title="y"),
    ],
    "a work of a farm, of its pilot, and its correction": lambda s: [
        *running(s),
        record(s, pilot_id=PILOT),
        activity(),
        record(s, number=NEXT, pilot_id=PILOT, **REPLACES),
        activity(NEXT, done_mu=9),
    ],
    "a loss of a registered project": lambda s: [of_project(s), loss()],
    "a plot, measured, and a trial on two": lambda s: [
        *plot(s),
        *measured(s),
        *plot(s, RECORD + 3),
        *trial(s, RECORD, RECORD + 3),
    ],
    "an aim, money, a sale and a loan": lambda s: [
        *particulars(s, "exploration", "pilot_explorations", **AIM),
        record(s, "money", NEXT),
        insert("pilot_money", id=NEXT, **MONEY),
        record(s, "sale", RECORD + 2),
        insert("pilot_sales", id=RECORD + 2, **SALE),
        record(s, "loan", RECORD + 3),
        insert("pilot_loans", id=RECORD + 3, **LOAN),
    ],
}
FORGERIES |= {
    # the pilot
    "a pilot approved from the start": ("a pilot begins as a plan", lambda s: [pilot(s, state="approved")]),
    "a pilot approved without being prepared": (
        STEPS,
        lambda s: [*submitted(s), step(state="approved", approved_by_id=s.people["officer2"])],
    ),
    "a pilot approved by who prepared it": (
        "approved_by_another",
        lambda s: [*prepared(s), step(state="approved", approved_by_id=s.people["officer"])],
    ),
    "a pilot approved by who submitted it": (
        "approved_by_another",
        lambda s: [*prepared(s), step(state="approved", approved_by_id=s.people["owner"])],
    ),
    "a pilot approved by nobody": ("approved_by_a_person", lambda s: [*prepared(s), step(state="approved")]),
    "a pilot submitted by nobody": ("submitted_by_a_person", lambda s: [pilot(s), step(state="submitted")]),
    "a pilot prepared by nobody": ("prepared_by_a_person", lambda s: [*submitted(s), step(state="prepared")]),
    "a pilot evaluated by nobody": ("evaluated_by_a_person", lambda s: [*running(s), step(state="evaluated")]),
    "a pilot that runs again after its evaluation": (
        STEPS,
        lambda s: [
            *running(s),
            step(state="evaluated", evaluated_by_id=s.people["officer"]),
            step(state="running", evaluated_by_id=None),
        ],
    ),
    "an approved plan of a pilot given more money": (
        "a pilot goes its steps|a plan that was submitted stays",
        lambda s: [*approved(s), step(budget_yuan=999)],
    ),
    "a plan given more money as it is approved": (
        "a plan that was submitted stays as it is",
        lambda s: [*prepared(s), step(state="approved", approved_by_id=s.people["officer2"], budget_yuan=999)],
    ),
    "a pilot that ends before it begins": ("period_in_order", lambda s: [pilot(s, until="2025-12-31")]),
    "a pilot with less than no money": ("budget_not_negative", lambda s: [pilot(s, budget_yuan=-1)]),
    "a pilot deleted": ("pilots are kept", lambda s: [pilot(s), delete("pilots", f"id = {PILOT}")]),
    "pilots emptied": ("pilots are kept|is not emptied", lambda s: [pilot(s), *emptied(s, "pilots")]),
    # records are replaced, never changed
    "a record of the farm given another day": (
        PLAIN,
        lambda s: [*work(s), update("farm_records", f"id = {RECORD}", on_day="2026-02-01")],
    ),
    "a work of the farm given another area": (
        PLAIN,
        lambda s: [*work(s), update("pilot_activities", f"id = {RECORD}", done_mu=99)],
    ),
    "a record of the farm deleted": (PLAIN, lambda s: [record(s), delete("farm_records", f"id = {RECORD}")]),
    "the particulars of a record deleted": (PLAIN, lambda s: [*work(s), delete("pilot_activities", f"id = {RECORD}")]),
    "records of the farm emptied": (f"{PLAIN}|is not emptied", lambda s: [*work(s), *emptied(s, "farm_records")]),
    "a record of the farm written over": (
        f"{PLAIN}|UNIQUE|unique",
        lambda s: [*work(s), record(s, client_id="another-client-id")],
    ),
    "a record that came twice": (
        f"{PLAIN}|UNIQUE|unique",
        lambda s: [*work(s), record(s, number=NEXT, client_id=f"{RECORD:016d}")],
    ),
    "a correction that does not say why": (
        "correction_says_why",
        lambda s: [*work(s), record(s, number=NEXT, supersedes_id=RECORD)],
    ),
    "a record corrected twice": (
        "supersedes_id",
        lambda s: [*work(s), record(s, number=NEXT, **REPLACES), record(s, number=RECORD + 2, **REPLACES)],
    ),
    "a correction of a record of another kind": (
        "a correction replaces a record of the same kind",
        lambda s: [*work(s), record(s, "lesson", NEXT, **REPLACES)],
    ),
    "a correction of another farm's record": (
        "a correction replaces a record of the same kind",
        lambda s: [*work(s), record(s, number=NEXT, farm="elsewhere", **REPLACES)],
    ),
    "a loss moved to another project by a correction": (
        "a correction replaces a record of the same kind",
        lambda s: [record(s, "loss"), loss(), of_project(s, number=NEXT, **REPLACES)],
    ),
    # what a record is
    "a record of nobody": ("of_a_farm_or_a_project", lambda s: [record(s, farm=None)]),
    "a work that hangs on a project": (
        "losses_alone_hang_on_a_project",
        lambda s: [record(s, case_id=s.cases["registered"])],
    ),
    "a loss of a project that is not registered": (
        "a loss hangs on a registered project",
        lambda s: [of_project(s, "validation")],
    ),
    "a loss on a parcel of no project": (
        "a loss names a parcel of its project",
        lambda s: [of_project(s), loss(parcel_key="nowhere")],
    ),
    "a loss of the farm on a parcel of a project": (
        "a loss names a parcel of its project",
        lambda s: [record(s, "loss"), loss(parcel_key="p1")],
    ),
    "a record of another farm's pilot": (
        "a record belongs to a pilot of its farm",
        lambda s: [*running(s), record(s, farm="elsewhere", pilot_id=PILOT)],
    ),
    "a measurement of another farm's plot": (
        "a measurement is of a plot of its farm",
        lambda s: [*plot(s, farm="elsewhere"), *measured(s)],
    ),
    "a trial against another farm's plot": (
        "a trial is on plots of its farm",
        lambda s: [*plot(s), *plot(s, RECORD + 3, "elsewhere"), *trial(s, RECORD, RECORD + 3)],
    ),
    "a trial of a plot against itself": ("two_plots", lambda s: [*plot(s), *trial(s, RECORD, RECORD)]),
    "the particulars of a loss on a work": (
        "particulars belong to a record of their kind",
        lambda s: [record(s), loss()],
    ),
    "half a coordinate": ("coordinates_whole", lambda s: [record(s, latitude=36.1)]),
    "a place that is not on the globe": ("on_the_globe", lambda s: [record(s, latitude=136.1, longitude=117)]),
    "a file of a record without a name": (
        "file_has_a_name",
        lambda s: [
            insert("stored_files", sha256=OTHER_DIGEST, size=1, media_type="image/jpeg", stored_at=AT),
            record(s, sha256=OTHER_DIGEST),
        ],
    ),
    "a record with a short id": ("client_id_whole", lambda s: [record(s, client_id="short")]),
    "a loss of no area": ("area_positive", lambda s: [record(s, "loss"), loss(area_mu=0)]),
    "a loss that adds carbon": (
        "losses_not_negative",
        lambda s: [record(s, "loss"), loss(carbon_t=-5, method_version="x")],
    ),
    "carbon lost by no method": ("carbon_by_a_method", lambda s: [record(s, "loss"), loss(carbon_t=5)]),
    "a cause of loss that is none": ("cause_listed", lambda s: [record(s, "loss"), loss(cause="theft")]),
    "a work of less than nothing": ("areas_not_negative", lambda s: [record(s), activity(done_mu=-1)]),
    "a plot without a number": ("numbered", lambda s: plot(s, plot_no="")),
    "a measurement by nobody": ("measured_by_somebody", lambda s: [*plot(s), *measured(s, persons="")]),
    "an aim that says nothing": (
        "aims_said",
        lambda s: particulars(s, "exploration", "pilot_explorations", **(AIM | {"aims": ""})),
    ),
    "money of less than nothing": (
        "not_negative",
        lambda s: particulars(s, "money", "pilot_money", **(MONEY | {"executed_yuan": -1})),
    ),
    "a sale of nothing": (
        "not_negative",
        lambda s: particulars(s, "sale", "pilot_sales", **(SALE | {"quantity_t": 0})),
    ),
    "a loan of nothing": ("amounts", lambda s: particulars(s, "loan", "pilot_loans", **(LOAN | {"loan_yuan": 0}))),
}
