"""Minutes: what they say of a whole meeting, whom they wait for, who may read what, and the paper made of them."""

import json
import re

import pytest
from sqlalchemy import select

from registry import clock as registry_clock
from registry import create_app, jobs, storage
from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, Meeting, MinutesPage, Notice, Paper, PaperKind
from registry.queries import minutes as ask
from registry.queries import papers as papers_of
from registry.queries.papers import Standing
from registry.services import acts, audit, papers
from tests.clock import FIXED, Clock
from tests.council import BAD, CONDITION, OVERRULED, a_meeting
from tests.databases import let_go, test_settings
from tests.documents.samples import needs_poppler, words
from tests.world import World
from workflows.states import MeetingState


@pytest.fixture(scope="module")
def closed(_pools, engine_name, tmp_path_factory):
    """The whole meeting, for tests that only read: two hundred acts are not taken for each of them."""
    folder = tmp_path_factory.mktemp("minutes")
    (folder / "files").mkdir()
    url = _pools[engine_name].copy()
    app = create_app(test_settings(folder, url))
    told = Clock(FIXED)
    with app.app_context(), registry_clock.told_by(told):
        council = a_meeting(World(), told)
        db.session.rollback()
        yield council
        db.session.rollback()
    let_go(app)
    _pools[engine_name].drop(url)


@pytest.fixture
def council(closed):
    """No transaction stays open between two tests: the server would end it."""
    db.session.rollback()
    yield closed
    db.session.rollback()


@pytest.fixture
def own_council(app, clock):
    """The same for a test that goes on."""
    return a_meeting(World(), clock)


@pytest.fixture
def brief(app, clock):
    """A meeting with one case, approved by eight: the world, and the meeting's id."""
    world = World()
    case = world.advance(world.draft(), "risk_review")
    meeting_id = world.sit(case, *world.voters[:8])
    for who in [*world.voters[1:8], "chair"]:
        world.act(case, "vote", who, choice="for", reasons="理由充分")
    world.act(case, "approve_risk", "chair", words="同意")
    world.in_meeting(meeting_id, "close_meeting", "chair")
    return world, meeting_id


def said(meeting_id: int, item: int | None = None) -> str:
    """What the first page says, or one item of it."""
    db.session.rollback()
    content = db.session.get_one(MinutesPage, (meeting_id, 1)).content
    found = json.loads(content)
    chosen = found if item is None else next(i for i in found["items"] if i["no"] == item)
    return json.dumps(chosen, ensure_ascii=False)


def confirmed_by(world: World, meeting_id: int, *people: str) -> None:
    for who in people:
        world.in_meeting(meeting_id, "confirm_minutes", who)


def issued(meeting_id: int) -> list[Paper]:
    db.session.rollback()
    return list(db.session.scalars(select(Paper).where(Paper.meeting_id == meeting_id).order_by(Paper.id)))


# What they say ------------------------------------------------------------------------------------------


def test_the_roll_tells_who_was_there_who_came_late_and_left_and_who_was_not(council):
    head = [block["text"] for block in json.loads(said(council.meeting))["head"]]
    there = next(line for line in head if line.startswith("出席：")).removeprefix("出席：").rstrip("。").split("、")
    name = {who: council.world.user(who).name for who in council.world.voters}
    assert there[0] == f"{name['chair']}（组长）"
    assert there[1] == f"{name['deputy']}（副组长）"
    assert len(there) == 8
    assert sum(person in name.values() for person in there) == 3  # members there from the first to the last minute
    left, came = (next(p for p in there if word in p) for word in ("离会", "到会"))
    assert re.fullmatch(r".+（\d+时(\d\d分)?离会）", left)
    assert re.fullmatch(r".+（\d+时(\d\d分)?到会，\d+时(\d\d分)?离会）", came)
    assert f"缺席：{name['member7']}。" in head
    assert "9时，" in head[0]
    assert f"会议由组长{name['chair']}主持" in head[0]
    assert f"由秘书{council.world.user('secretary').name}记录" in head[0]


def test_an_item_tells_who_stood_aside_the_count_the_condition_and_the_dissent_word_for_word(council):
    item = said(council.meeting, 1)
    for part in (
        "此前参与过本项目的办理或者出具过意见，本人申报",
        f"秘书提出{council.world.user('member2').name}（成员）回避",
        "主持人决定不回避。理由：任职已满六年，与本项目没有利害关系。",
        "应到9人，回避1人，有表决权8人",
        "即6人；实到7人，达到法定人数",
        "同意5票，反对1票，弃权1票",
        "过半数同意，即5票；同意票达到所需票数",
        "附条件同意项目及其合同通过风险审查",
        CONDITION["words"],
        CONDITION["evidence"],
        "2026年6月30日",
        f"反对：“{BAD}”",
    ):
        assert part in item, part
    assert "曾在该乡镇任职" not in item  # what was said of the tie may name others


def test_opinions_stand_in_the_order_they_were_given_with_who_presided_last(council):
    world = council.world
    table = next(b for b in json.loads(said(council.meeting, 2))["blocks"] if b["is"] == "table")
    order = [who for who in council.here if who not in ("chair", "deputy")] + ["deputy"]
    assert [row[1] for row in table["rows"]] == [world.user(who).name for who in order]
    assert table["rows"][-1][2] == "副组长"


def test_where_the_chair_stood_aside_the_ground_is_told_without_a_third_name_and_a_deputy_presided(council):
    item = said(council.meeting, 2)
    assert "近亲属在有关单位任职（示例林业公司），本人申报" in item
    assert f"本议题由副组长{council.world.user('deputy').name}主持" in item
    assert "TA-CCER-370911-2026-" in item


def test_a_chair_who_decides_against_the_majority_is_stated_with_reasons_and_each_other_opinion(council):
    item = said(council.meeting, 3)
    for part in ("与多数意见不一致", OVERRULED, "抄报上级主管部门", "不同意见（6条，原文）"):
        assert part in item, part
    assert "与多数意见不一致" not in said(council.meeting, 1)


def test_an_item_without_a_quorum_tells_the_numbers_and_the_reason_and_one_taken_off_its_reason(council):
    adjourned, untabled = said(council.meeting, 4), said(council.meeting, 5)
    assert "即6人；实到5人，未达到法定人数，不能表决" in adjourned
    assert "改期" in adjourned
    assert "到会成员不足，改在下次会议审议。" in adjourned
    assert "撤下" in untabled
    assert "合同文本有误" in untabled
    assert "表决结果" not in adjourned + untabled


def test_what_a_page_says_is_frozen_and_its_digest_stands_in_the_link_of_the_act(council):
    db.session.rollback()
    page = db.session.get_one(MinutesPage, (council.meeting, 1))
    event = db.session.get_one(AuditEvent, page.seq)
    assert event.action == "meeting:close_meeting"
    assert json.loads(event.detail)["minutes_digest"] == page.digest == papers.digest_of(page.content)
    assert papers.canonical(json.loads(page.content)) == page.content
    assert audit.verify()[1] is None


# Whose confirmation they wait for -----------------------------------------------------------------------


def test_whoever_presided_over_an_item_confirms_and_nobody_counts_for_an_item_left(own_council):
    world, meeting_id = own_council.world, own_council.meeting
    confirmed_by(world, meeting_id, "chair", "member3", "member4")
    with pytest.raises(acts.Refused) as refused:
        world.in_meeting(meeting_id, "issue_minutes", "secretary")
    (outcome,) = refused.value.stopping
    assert dict(outcome.facts) == {"heads_missing": 1, "members_missing": 0}  # the deputy led item 2
    confirmed_by(world, meeting_id, "deputy")
    world.in_meeting(meeting_id, "issue_minutes", "secretary")
    assert json.loads(issued(meeting_id)[0].content)["blocks"][-1]["rows"][0][2] == "议题2除外"


def test_a_refused_issue_leaves_no_trace(brief):
    world, meeting_id = brief
    links = audit.verify()[0]
    db.session.rollback()
    with pytest.raises(acts.Refused):
        world.in_meeting(meeting_id, "issue_minutes", "secretary")
    db.session.rollback()
    assert audit.verify() == (links, None)
    assert issued(meeting_id) == []
    assert db.session.get_one(Meeting, meeting_id).state is MeetingState.HELD


def test_minutes_wait_for_those_who_were_there_until_enough_have_confirmed_then_for_the_secretary(brief):
    world, meeting_id = brief

    def waits(who: str) -> list[str]:
        db.session.rollback()
        return [w.act for w in ask.waiting(world.user(who))]

    assert [waits(w) for w in ("chair", "member1", "member7", "secretary", "owner")] == [
        ["confirm_minutes"], ["confirm_minutes"], [], [], [],
    ]  # fmt: skip
    confirmed_by(world, meeting_id, "chair", "member1")
    assert [waits(w) for w in ("chair", "member2", "secretary")] == [[], ["confirm_minutes"], []]
    confirmed_by(world, meeting_id, "member2")
    assert [waits(w) for w in ("member3", "secretary")] == [[], ["issue_minutes"]]
    world.in_meeting(meeting_id, "issue_minutes", "secretary")
    assert waits("secretary") == []


def test_those_who_are_to_confirm_are_told_and_nobody_else(brief):
    world, meeting_id = brief
    db.session.rollback()
    mine = (Notice.meeting_id == meeting_id, Notice.action == "close_meeting")
    told = set(db.session.scalars(select(Notice.user_id).where(*mine)))
    assert told == {world.people[w] for w in world.voters[1:8]}  # the chair closed the meeting


def test_a_correction_before_the_issue_adds_a_page_that_is_confirmed_too(brief):
    world, meeting_id = brief
    confirmed_by(world, meeting_id, "chair", "member1", "member2")
    world.in_meeting(meeting_id, "correct_minutes", "secretary", item="1", wrong="理由充分", right="理由不充分")
    with pytest.raises(acts.Refused):
        world.in_meeting(meeting_id, "issue_minutes", "secretary")
    confirmed_by(world, meeting_id, "chair", "member1", "member2")
    world.in_meeting(meeting_id, "issue_minutes", "secretary")
    assert [p.number for p in issued(meeting_id)] == ["会〔2026〕1号纪要（第1次更正）"]


def test_minutes_seen_before_a_correction_are_stale_to_confirm(brief):
    world, meeting_id = brief
    db.session.rollback()
    seen = db.session.get_one(Meeting, meeting_id).version
    world.in_meeting(meeting_id, "correct_minutes", "secretary", wrong="甲", right="乙")
    db.session.rollback()
    with pytest.raises(acts.Stale):
        acts.act(("meeting", meeting_id), "confirm_minutes", by=world.user("chair"), at=now(), seen=seen, data={})


# Who reads what -----------------------------------------------------------------------------------------


def test_an_item_is_hidden_from_whoever_stood_aside_and_open_to_the_others(council):
    world = council.world

    def hidden(who: str) -> dict[int, str]:
        db.session.rollback()
        return ask.hidden_from(world.user(who), council.meeting)

    assert hidden("chair") == {2: "aside"}
    assert hidden("member1") == {1: "aside"}
    assert hidden("member3") == hidden("secretary") == hidden("auditor") == {}
    assert hidden("member7") == {}  # away, but entitled


def test_minutes_are_open_to_the_meetings_own_body_alone(council):
    world = council.world
    db.session.rollback()
    may = {who for who in world.people if ask.find(world.user(who), council.meeting)}
    officers = {"officer", "officer2", "officer3", "legal"}
    assert may == {"secretary", "supervisor", "auditor", *officers, *world.voters}


# The paper ----------------------------------------------------------------------------------------------


def test_a_corrected_issue_takes_the_place_of_the_one_before_and_both_hold(brief):
    world, meeting_id = brief
    confirmed_by(world, meeting_id, "chair", "member1", "member2")
    world.in_meeting(meeting_id, "issue_minutes", "secretary")
    world.in_meeting(meeting_id, "correct_minutes", "secretary", wrong="反对0票", right="反对1票")
    confirmed_by(world, meeting_id, "chair", "member1", "member2")
    world.in_meeting(meeting_id, "issue_minutes", "secretary")
    first, second = issued(meeting_id)
    assert first.kind is PaperKind.MINUTES
    assert [papers_of.row_of(p).standing for p in (first, second)] == [Standing.SUPERSEDED, Standing.VALID]
    assert papers_of.row_of(first).superseded_by == second.number
    assert papers.holds(first)
    assert papers.holds(second)
    whole, blocks = json.loads(second.content), json.loads(first.content)["blocks"]
    assert [b for b in blocks if b in whole["blocks"]] == blocks  # the original text stays
    assert any(b["is"] == "page" for b in whole["blocks"])


@needs_poppler
def test_the_job_makes_the_pdf_with_names_instants_and_dissent_and_it_is_checked_by_its_code(own_council):
    world, meeting_id = own_council.world, own_council.meeting
    confirmed_by(world, meeting_id, "chair", "deputy", "member3", "member4")
    world.in_meeting(meeting_id, "issue_minutes", "secretary")
    (paper,) = issued(meeting_id)
    assert jobs.make_papers()[1] == 0
    db.session.rollback()
    with storage.open_file(papers.file_of(paper.id)) as file:
        read = words(file.read())
    for part in ("会议纪要", world.user("deputy").name, "主持议题2", BAD, OVERRULED, "未达到法定人数", "缺席"):
        assert part in read, part
    assert papers.look_up(paper.code, "somebody", now()).id == paper.id
