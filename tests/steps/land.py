"""Steps on the public notice and on land that others claim, one clause at a time."""

from dataclasses import replace
from datetime import date

from pytest_bdd import given, parsers

from registry.clock import today
from registry.services import facts, notice_facts
from registry.services.policy import current
from tests.world import PARCEL, World

FIELDS = {"权属证号": "title_number", "小班号": "subcompartment", "地块名称": "name"}
APART = {"title_number": "另有证号", "subcompartment": "9999", "name": "另一处"}
"""What tells the other parcel apart in everything that is not compared."""
PARTS = {"审定过本项目": "validated", "编制设计文件": "designed", "没有参与": None}


@given(parsers.parse('没有答复的异议有"{number:d}"件'), target_fixture="project_facts")
def _(project_facts, number):
    return replace(project_facts, objections_unanswered=number)


@given(parsers.parse('登记的全国公示自"{start}"至"{end}"'), target_fixture="project_facts")
def _(project_facts, client, start, end):
    days = [None if d == "没有" else date.fromisoformat(d) for d in (start, end)]
    with client.application.app_context():
        recorded = notice_facts.national_days(*days)
    return replace(project_facts, national_notice_days=recorded)


@given(parsers.parse('有权属异议的地块为"{name}"'), target_fixture="project_facts")
def _(project_facts, name):
    return replace(project_facts, parcels_disputed=() if name == "没有" else (name,))


@given(parsers.parse('拟登记的核查机构"{part}"'), target_fixture="project_facts")
def _(project_facts, part):
    return replace(project_facts, verifier_part=PARTS[part])


def _overlaps(client, mine, theirs, periods=("2024-2043", "2024-2043")):
    """What the registry finds on a draft, where another case with the other parcel was handed in before."""

    def spans(period):
        start, _dash, end = period.partition("-")
        return {"start_on": f"{start}-01-01", "end_on": f"{end}-12-31"}

    with client.application.app_context():
        world = World()
        theirs = world.draft(parcels={"parcels": [theirs]}, crediting=spans(periods[1]))
        world.advance(theirs, "submitted")
        case = world.case(world.draft(parcels={"parcels": [mine]}, crediting=spans(periods[0])))
        return facts.project_facts(case, current(), today()).overlaps


@given(parsers.parse('本项目地块的"{what}"为"{mine}"，他项目为"{theirs}"'), target_fixture="project_facts")
def _(project_facts, client, clock, what, mine, theirs):
    field = FIELDS[what]
    other = {**PARCEL, "village": "青石峪", **APART, field: theirs}
    found = _overlaps(client, {**PARCEL, "village": "青石峪", field: mine}, other)
    return replace(project_facts, overlaps=found)


@given(
    parsers.parse('本项目地块在"{mine}"，计入期"{period}"；他项目同名地块在"{theirs}"，计入期"{other}"'),
    target_fixture="project_facts",
)
def _(project_facts, client, clock, mine, period, theirs, other):
    village = {"没有": ""}
    one = {**PARCEL, "village": village.get(mine, mine)}
    two = {**PARCEL, **APART, "name": PARCEL["name"], "village": village.get(theirs, theirs)}
    return replace(project_facts, overlaps=_overlaps(client, one, two, (period, other)))
