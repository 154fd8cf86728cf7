"""Steps on the application: which parts are filled in, which papers are on file."""

from dataclasses import replace

from pytest_bdd import given, parsers, then

SECTIONS = {"基本信息": "basics", "地块": "parcels", "方法学": "method", "承诺声明": "declarations"}
PAPERS = {"权属证明": "title_proof/p1", "项目设计文件": "pdd", "唯一性与真实性承诺": "uniqueness_commitment"}


@given(parsers.parse('申请中没有填写完整的部分为"{parts}"'), target_fixture="project_facts")
def _(project_facts, parts):
    return replace(project_facts, unanswered=tuple(SECTIONS[p] for p in parts.split("、")))


@given("材料清单所列的必需材料均已上传", target_fixture="project_facts")
def _(project_facts):
    return replace(project_facts, documents_missing=(), documents_on_file=tuple(PAPERS.values()))


@given(parsers.parse('材料清单缺少"{papers}"'), target_fixture="project_facts")
def _(project_facts, papers):
    missing = tuple(PAPERS[p] for p in papers.split("、"))
    return replace(project_facts, documents_missing=missing)


@then(parsers.parse('列明缺少的材料"{papers}"'))
def _(rule_outcome, papers):
    assert rule_outcome.facts["documents_missing"] == tuple(PAPERS[p] for p in papers.split("、"))
