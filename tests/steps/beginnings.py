"""What a story begins with: its application, the desk, the opinions, and what came after."""

from datetime import datetime

from pytest_bdd import given, parsers

from registry.clock import ZONE
from registry.services import facts, sheet_facts
from registry.services.policy import current
from tests.contract_answers import with_partner
from tests.steps.story import LAND, PAPERS, PARTS, PLACES, SCHEMES, SETTINGS, SITE_CHECK, TENURE, WEST
from workflows.contract_words import Cost


@given(parsers.re(rf"一个(?P<scheme>{'|'.join(SCHEMES)})项目(?P<where>{PLACES})"))
def _(story, scheme, where):
    story.scheme, story.where = SCHEMES[scheme], where
    if where.startswith("剔除一块后"):
        story.others.append(WEST)


@given(parsers.re(rf"申请人已填好一份(?P<scheme>{'|'.join(SCHEMES)})项目的申请"))
def _(story, scheme):
    story.scheme = SCHEMES[scheme]


# The application ------------------------------------------------------------------------------------------


@given("申请人是自然人")
def _(story):
    story.person = True


@given(parsers.parse('项目地块属于"{setting}"'))
def _(story, setting):
    story.changed["method"] = {"land_setting": SETTINGS[setting]}


@given(parsers.parse('项目地块为"{land}"'))
def _(story, land):
    story.parcel |= {"tenure": LAND[land]}


@given("项目地块存在权属争议")
def _(story):
    story.parcel |= {"disputed": True}


@given(parsers.parse("项目的合作合同为{area:d}亩、{years:d}年"))
def _(story, area, years):
    main = {"area_mu": str(area), "end_on": f"{2025 + years}-12-31"}
    for name, data in with_partner(contract=main).items():
        story.changed[name] = {**data, **story.changed.get(name, {})}
    story.changed["crediting"] = {"end_on": main["end_on"]}


@given("合同没有写明五项成本由谁承担")
def _(story):
    story.changed.setdefault("contract_costs", {}).update({f"bearer_{cost.value}": "not_stated" for cost in Cost})


@given("申请人没有填写五项成本由谁承担")
def _(story):
    story.changed.setdefault("contract_costs", {}).update({f"bearer_{cost.value}": None for cost in Cost})


@given(parsers.parse("地块为集体统一经营林地，{entitled:d}名成员中{for_it:d}人同意"))
def _(story, entitled, for_it):
    story.parcel |= {"tenure": "collective_managed"}
    voted = {"votes_entitled": str(entitled), "votes_for": str(for_it), "partner_outside": True, "capacity_check": True}
    story.changed.setdefault("contract_terms", {}).update(voted)


@given(parsers.parse("同一合作方的关联单位另有一份{area:d}亩的合同"))
def _(story, area):
    story.beside = area


@given(parsers.parse('"{part}"部分没有填写完整'))
def _(story, part):
    story.undone.append(PARTS[part])


@given(parsers.parse('申请材料缺少"{paper}"'))
def _(story, paper):
    story.leave_out = PAPERS[paper]


@given(parsers.parse('申请人改动了"{what}"'))
def _(story, what):
    with story.inside():
        story.prepare(what)


@given(parsers.parse("过了{days:d}天"))
def _(story, days):
    assert story.case_id
    story.clock.move(days=days)


# The desk -------------------------------------------------------------------------------------------------


@given("两名经办人逐项认定符合并签字")
def _(story):
    with story.inside():
        story.world.screen(story.case_id)


@given("只有一名经办人逐项认定符合并签字")
def _(story):
    with story.inside():
        story.world.screen(story.case_id, "officer")


@given(parsers.parse('两名经办人签字，但对"{clause}"的认定不一致'))
def _(story, clause):
    with story.inside():
        story.world.screen(story.case_id, "officer")
        story.world.screen(story.case_id, "officer2", **{clause: "not_met"})


@given(parsers.parse('一名经办人签字后改动了对"{clause}"的认定依据'))
def _(story, clause):
    with story.inside():
        answers = {clause: {"verdict": "met", "evidence": "重新核对"}}
        story.done("answer_condition", "officer", answers=answers)


@given(parsers.re('经办人已对(全部条件|"(?P<left>[^"]*)"以外的条件)作出认定'))
def _(story, left):
    with story.inside():
        sheet = sheet_facts.sheet(current(), story.world.case(story.case_id).method)
        asked = [c for c in sheet if c not in (left or "").split("、")]
        answers = {c: {"verdict": "met", "evidence": "见材料"} for c in asked}
        story.done("answer_condition", "officer", answers=answers)


# Site checks ----------------------------------------------------------------------------------------------


@given("经办人已记录现场核查")
def _(story):
    with story.inside():
        story.done("record_site_check", "officer", **SITE_CHECK)


@given("经办人又改动了现场核查记录")
def _(story):
    with story.inside():
        changed = {**SITE_CHECK, "observed": "界桩缺一处", "corrects": story.site_check()}
        story.done("record_site_check", "officer", **changed)


@given("另一名经办人已在现场核查记录上签字")
def _(story):
    with story.inside():
        story.done("sign_site_check", "officer2", site_check_id=story.site_check())


# Opinions -------------------------------------------------------------------------------------------------


@given(parsers.re("法律顾问已出具同意的意见(?P<enough>，并说明审查时间充足)?"))
def _(story, enough):
    with story.inside():
        said = {"time_sufficient": True} if enough else {}
        story.done("give_legal_opinion", "legal", conclusion="favourable", words="程序齐全", **said)


@given(parsers.parse("完整材料已送合法性审查{days:d}个工作日"))
def _(story, days):
    with story.inside():
        story.days_of_review(days)


@given("经办人又重新送审")
def _(story):
    with story.inside():
        story.done("send_for_legal_review", "officer")


@given(parsers.re("审定机构已出具(?P<how>肯定|否定)的意见"))
def _(story, how):
    with story.inside():
        story.world.validate(story.case_id, "favourable" if how == "肯定" else "unfavourable")


@given("生态环境部门已出具同意的意见")
def _(story):
    with story.inside():
        story.done("give_environment_opinion", "eco", conclusion="favourable", words="无异议")


# The public notice, and the land of others ----------------------------------------------------------------


@given(parsers.parse('今天是"{year:d}年{month:d}月{day:d}日"'))
def _(story, year, month, day):
    assert story.case_id
    story.clock.set(datetime(year, month, day, 9, tzinfo=ZONE))


@given('项目另有一块"西坡"')
def _(story):
    story.others.append(WEST)


@given("经办人已发布公示")
def _(story):
    with story.inside():
        story.done("open_notice", "officer")


@given("公示已经期满结束")
def _(story):
    with story.inside():
        story.world.put_on_notice(story.case_id)


@given("村民已对地块权属提出异议")
def _(story):
    with story.inside():
        story.done("object", "anybody", **TENURE)


@given(parsers.re("(?P<who>经办人已答复异议不成立|申请人已答复异议)"))
def _(story, who):
    with story.inside():
        story.answered("officer" if who.startswith("经办人") else "owner")


@given("村民的权属异议成立，公示已经期满结束")
def _(story):
    with story.inside():
        story.founded()


@given("经办人已剔除有异议的地块")
def _(story):
    with story.inside():
        story.set_apart()


@given("另一个已入库项目有同一地块")
def _(story):
    story.parcel["village"], story.twin = "青石峪村", True


@given("申请人另有一个项目已被撤销入库")
def _(story):
    story.revoked = "same"


@given("另一申请人有一个项目已被撤销入库")
def _(story):
    story.revoked = "other"


@given("后提交的另一个项目有同一地块")
def _(story):
    with story.inside():
        parcel = story.world.case(story.case_id)
        same = facts.answers_of(parcel.id, parcel.round)["parcels"]["parcels"]
        story.world.advance(story.world.draft(parcels={"parcels": same}), "submitted")


# Afterwards -----------------------------------------------------------------------------------------------


@given("申请人已报告条件的落实情况")
def _(story):
    with story.inside():
        story.done("report_condition", "owner", condition_id=story.condition(), words="已办妥，附登记证明")


@given("经办人已确认条件落实")
def _(story):
    with story.inside():
        story.done("confirm_condition", "officer", condition_id=story.condition())


@given("申请人已确认收到决定")
def _(story):
    with story.inside():
        story.done("confirm_receipt", "owner")


@given("申请人已申请复核")
def _(story):
    with story.inside():
        story.done("request_reconsideration", "owner", words="收益测算有依据")


@given("复核已维持原决定")
def _(story):
    with story.inside():
        people = [story.world.people[n] for n in ("legal", "eco", "officer3")]
        story.done("uphold", "secretary", people=people, words="维持")
