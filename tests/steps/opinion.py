"""Steps on what lawyers, validation bodies and the environment bureau say."""

from dataclasses import replace

from pytest_bdd import given, parsers

from workflows.facts import ParcelFacts
from workflows.rules.procedure import MATTERS
from workflows.states import Conclusion, Tenure

CONCLUSIONS = {
    "同意": Conclusion.FAVOURABLE,
    "附条件同意": Conclusion.CONDITIONAL,
    "不同意": Conclusion.UNFAVOURABLE,
    "没有": None,
}
TENURES = {"国有": Tenure.STATE, "集体统一经营": Tenure.COLLECTIVE_MANAGED, "家庭承包": Tenure.HOUSEHOLD}


@given(parsers.parse('申报的林地为"{land}"'), target_fixture="project_facts")
def _(project_facts, land):
    parcels = tuple(ParcelFacts(key=f"p{n}", tenure=TENURES[t]) for n, t in enumerate(land.split("、"), 1))
    return replace(project_facts, parcels=parcels)


@given(parsers.parse('合法性审查意见为"{conclusion}"'), target_fixture="project_facts")
def _(project_facts, conclusion):
    return replace(project_facts, legal=CONCLUSIONS[conclusion])


@given(parsers.parse('送审后经过的整工作日为"{days}"，审查人"{said}"'), target_fixture="project_facts")
def _(project_facts, days, said):
    counted = None if days == "没有送" else int(days)
    enough = {"没有说明": False, "说明时间充足": True}[said]
    return replace(project_facts, legal_working_days=counted, legal_time_sufficient=enough)


@given(parsers.parse('生态环境部门意见为"{conclusion}"'), target_fixture="project_facts")
def _(project_facts, conclusion):
    return replace(project_facts, environment=CONCLUSIONS[conclusion])


@given(parsers.parse('审定结论为"{conclusion}"，未通过的方面为"{unmet}"'), target_fixture="project_facts")
def _(project_facts, conclusion, unmet):
    matters = {m: m not in unmet.split("、") for m in MATTERS}
    return replace(project_facts, validation=CONCLUSIONS[conclusion], matters=matters)
