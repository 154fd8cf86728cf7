"""Papers: which act issues which, what is frozen, what stands in the chain, and how the PDF comes to be."""

import gc
import json
import threading

import pytest
from sqlalchemy import select

from registry import jobs, storage
from registry.clock import now
from registry.extensions import db
from registry.models import AuditEvent, Case, Paper, PaperFile, PaperKind
from registry.queries import papers as ask
from registry.queries.papers import Standing
from registry.services import acts, audit, papers
from tests.documents.samples import STATEMENT, needs_poppler, words
from tests.world import PARCEL, World

FAULTS = [
    {"field": "basics.contact_phone", "what": "联系电话无法接通"},
    {"field": "parcels.p1.area", "what": "与权属证明不一致"},
]
CONDITION = {"words": "补办林地经营权流转登记", "evidence": "流转登记证明"}


@pytest.fixture
def world(app, clock):
    return World()


def issued(case_id: int) -> list[Paper]:
    db.session.rollback()
    return list(db.session.scalars(select(Paper).where(Paper.case_id == case_id).order_by(Paper.id)))


def kinds(case_id: int) -> list[str]:
    return [p.kind.value for p in issued(case_id)]


def content(paper: Paper) -> dict:
    return json.loads(paper.content)


def whole(paper: Paper) -> str:
    """Everything a paper says, as one string."""
    return paper.content


def event_of(paper: Paper) -> AuditEvent:
    return db.session.get_one(AuditEvent, paper.seq)


def rejected(world: World) -> int:
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 1, 7)
    world.act(case_id, "reject", "chair", words="收益测算没有依据。\n请补充依据后另行申报。")
    return case_id


# Which act issues what ----------------------------------------------------------------------------------


def test_the_straight_way_issues_four_papers_and_the_series_has_no_gap(world):
    case_id = world.advance(world.draft(), "registered")
    assert kinds(case_id) == ["receipt", "acceptance", "review", "certificate"]
    assert [p.number for p in issued(case_id)] == [
        "TL2026000001-1",
        *(f"泰林碳审〔2026〕{n}号" for n in (1, 2, 3)),
    ]


def test_a_refused_act_uses_up_no_number(world):
    early = world.advance(world.draft(), "submitted")
    with pytest.raises(acts.NotOpen):
        world.act(early, "register", "chair")
    with pytest.raises(acts.Refused):
        world.act(world.advance(world.draft(papers=False), "submitted"), "accept", "officer")
    world.act(early, "accept", "officer")
    assert issued(early)[-1].number == "泰林碳审〔2026〕1号"


def test_a_receipt_names_every_document_with_its_fingerprint(world):
    case_id = world.advance(world.draft(), "submitted")
    (table,) = (b for b in content(issued(case_id)[0])["blocks"] if b["is"] == "table")
    assert len(table["rows"]) >= 5
    assert all(len(row[3]) == 16 and row[2].endswith(".pdf") for row in table["rows"])


def test_a_receipt_without_documents_says_so(world):
    case_id = world.advance(world.draft(papers=False), "submitted")
    assert "无。" in whole(issued(case_id)[0])


def test_an_acceptance_names_day_and_basis_and_is_no_licence(world):
    case_id = world.advance(world.draft(), "methodology_screening")
    said = whole(issued(case_id)[-1])
    for part in (
        "受理日期为2026年3月2日",
        "（泰林字〔2023〕7号）五（四）",
        "《行政许可法》第三十二条（参照）",
        "不是行政许可",
    ):
        assert part in said
    assert "建议值" not in said


def test_a_non_acceptance_gives_reasons_the_way_and_the_remedies(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "decline", "officer", words="四旁绿化不属于造林碳汇项目。", right_way="local_ticket")
    paper = issued(case_id)[-1]
    for part in ("四旁绿化不属于", "可以另行申报林业碳票项目", "书面申请复核", "行政复议", "CCER-14-001"):
        assert part in whole(paper)
    assert "受理的" not in content(paper)["title"]


def test_a_notice_of_corrections_lists_every_fault_once(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "request_correction", "officer", faults=FAULTS)
    paper = issued(case_id)[-1]
    (table,) = (b for b in content(paper)["blocks"] if b["is"] == "table")
    assert [row[2] for row in table["rows"]] == [f["what"] for f in FAULTS]
    assert "2项内容" in whole(paper)
    assert all(row[1] and row[1].isascii() is False for row in table["rows"])  # the fields' Chinese names


def test_every_submission_gets_a_receipt_of_its_own(world):
    case_id = world.advance(world.draft(), "submitted")
    world.act(case_id, "request_correction", "officer", faults=FAULTS)
    world.answer(
        case_id,
        basics={"contact_phone": "0538-1111111"},
        parcels={"parcels": [{**PARCEL, "area": "590", "area_mu": "590"}]},
    )
    world.act(case_id, "resubmit", "owner")
    receipts = [p for p in issued(case_id) if p.kind is PaperKind.RECEIPT]
    assert [p.number for p in receipts] == ["TL2026000001-1", "TL2026000001-2"]
    assert "第2次提交" in whole(receipts[1])
    assert "590亩" in whole(receipts[1])


def test_a_conditional_opinion_lists_its_conditions(world, clock):
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 8)
    world.act(case_id, "approve_risk", "chair", conditions=[{**CONDITION, "due_on": now().date()}])
    said = whole(issued(case_id)[-1])
    for part in ("附条件同意", CONDITION["words"], CONDITION["evidence"], "2026年3月2日"):
        assert part in said


def test_a_refusal_gives_reasons_stage_and_remedies(world):
    said = whole(issued(rejected(world))[-1])
    for part in ("不同意项目入库", "风险审查环节", "收益测算没有依据", "请补充依据后另行申报", "复核", "行政诉讼"):
        assert part in said
    assert "自收到本通知书次日起15个工作日内" in said
    assert "本通知书在作出当日收到的，最后一日为2026年3月23日" in said
    assert "自作出次日起10个工作日内（至2026年3月16日止）送达" in said


def test_a_certificate_says_what_was_entered_and_what_it_is_not(world):
    case_id = world.advance(world.draft(), "registered")
    paper, case = issued(case_id)[-1], world.case(case_id)
    for part in (STATEMENT, case.project_number, "示例造林项目", "示例林业公司", "600亩（40公顷）", "CCER-14-001"):
        assert part in whole(paper)
    assert content(paper)["address"].endswith(f"/verify/{paper.code}")


def amended(world: World, *, approved: bool) -> int:
    case_id = world.advance(world.draft(), "registered")
    world.answer(case_id, basics={"name": "变更后的项目"})
    world.act(case_id, "amend", "owner")
    world.screen(case_id)
    world.validate(case_id)
    world.put_on_notice(case_id)
    world.vote(case_id, *((8, 0) if approved else (1, 7)), question="amendment")
    world.act(case_id, "decide_amendment", "chair", approved=approved, words="经审议决定")
    return case_id


def test_an_approved_amendment_gets_a_certificate_in_the_place_of_the_old_one(world):
    case_id = amended(world, approved=True)
    old, new = (p for p in issued(case_id) if p.kind is PaperKind.CERTIFICATE)
    assert content(new)["replaces"] == old.number
    assert old.number in whole(new)
    assert "变更后的项目" in whole(new)
    standing = {row.id: (row.standing, row.superseded_by) for row in ask.papers_of(world.case(case_id))}
    assert standing[old.id] == (Standing.SUPERSEDED, new.number)
    assert standing[new.id] == (Standing.VALID, "")


def test_a_refused_amendment_gets_an_opinion_and_the_certificate_stands(world):
    case_id = amended(world, approved=False)
    rows = ask.papers_of(world.case(case_id))
    assert [r.kind for r in rows[:2]] == [PaperKind.REVIEW, PaperKind.RECEIPT]
    assert "不同意本次变更" in whole(issued(case_id)[-1])
    assert {r.standing for r in rows} == {Standing.VALID}


def test_a_certificate_follows_its_entry(world):
    case_id = world.advance(world.draft(), "registered")

    def standing() -> Standing:
        return ask.certificate_of(world.case(case_id).project_number).standing

    assert standing() is Standing.VALID
    world.vote(case_id, 8, question="suspension")
    world.act(case_id, "suspend", "chair", words="现状不明")
    assert standing() is Standing.SUSPENDED
    world.act(case_id, "resume", "chair", words="原因消除")
    world.vote(case_id, 8, question="revocation")
    certificate = issued(case_id)[-1].number
    world.act(case_id, "revoke", "chair", words="提供虚假权属证明")
    assert standing() is Standing.REVOKED
    notice = issued(case_id)[-1]
    assert content(notice)["title"] == "撤销入库通知书"
    assert content(notice)["replaces"] == ""
    for part in (f"《项目入库证明》（{certificate}）", "提供虚假权属证明", "第六十九条", "6个月内"):
        assert part in whole(notice), part
    assert "申请复核" not in whole(notice)
    assert "林业碳票" not in whole(notice).replace("林业碳汇", "")  # of a CCER project
    assert ask.row_of(notice).label == "撤销入库通知书"


def test_a_closed_project_closes_its_certificate(world):
    case_id = world.advance(world.draft(), "registered")
    world.act(case_id, "close", "officer", words="计入期届满")
    assert ask.certificate_of(world.case(case_id).project_number).standing is Standing.CLOSED


def test_a_refusal_reopened_is_set_aside(world):
    case_id = rejected(world)
    world.act(case_id, "request_reconsideration", "owner", words="补充了依据")
    people = [world.people[w] for w in ("officer3", "legal", "supervisor")]
    world.act(case_id, "reopen", "secretary", outcome="annulled", people=people, words="依据成立")
    rows = ask.papers_of(world.case(case_id))
    assert next(r for r in rows if r.kind is PaperKind.REVIEW).standing is Standing.SET_ASIDE


def standings(world: World, case_id: int) -> dict[str, Standing]:
    """Action → how its paper stands, of the papers issued last."""
    return {row.action: row.standing for row in reversed(ask.papers_of(world.case(case_id)))}


def test_an_approval_does_not_hold_once_the_project_was_refused(world):
    case_id = world.advance(world.draft(), "registration")
    assert set(standings(world, case_id).values()) == {Standing.VALID}
    world.vote(case_id, 1, 7)
    world.act(case_id, "reject", "chair", words="依据不足")
    assert standings(world, case_id) == {
        "submit": Standing.VALID,
        "accept": Standing.ENDED,
        "approve_risk": Standing.ENDED,
        "reject": Standing.VALID,
    }


def test_an_approval_does_not_hold_while_what_it_approved_is_asked_again(world):
    case_id = world.advance(world.draft(), "registration")
    world.act(case_id, "suspend", "officer", words="现状不明")
    assert standings(world, case_id)["approve_risk"] is Standing.VALID
    world.act(case_id, "resume", "officer", words="原因消除")
    world.answer(case_id, basics={"name": "变更后的项目"})
    world.act(case_id, "amend", "owner")
    assert standings(world, case_id)["approve_risk"] is Standing.ASKED_AGAIN
    assert standings(world, case_id)["accept"] is Standing.VALID


def test_an_approval_of_a_project_in_the_library_holds_while_an_amendment_is_reviewed(world):
    case_id = world.advance(world.draft(), "registered")
    world.answer(case_id, basics={"name": "变更后的项目"})
    world.act(case_id, "amend", "owner")
    assert set(standings(world, case_id).values()) == {Standing.VALID}


# Frozen, and in the chain -------------------------------------------------------------------------------


def test_the_digest_of_what_a_paper_says_stands_in_the_link_of_its_act(world):
    case_id = world.advance(world.draft(), "registered")
    for paper in issued(case_id):
        detail = json.loads(event_of(paper).detail)
        assert detail["paper"] == paper.number
        assert detail["paper_digest"] == paper.digest == papers.digest_of(paper.content)
        assert papers.canonical(content(paper)) == paper.content
        assert papers.holds(paper)
    assert audit.verify()[1] is None


def test_no_personal_data_comes_into_the_chain_with_a_paper(world):
    case_id = world.advance(world.draft("local_ticket", person=True), "methodology_screening")
    name = world.user("owner").name
    assert any(name in whole(p) for p in issued(case_id))
    details = "".join(db.session.scalars(select(AuditEvent.detail)))
    assert name not in details
    assert "示例造林项目" not in details


def test_a_paper_is_made_without_reading_the_case(world, monkeypatch):
    case_id = world.advance(world.draft(), "methodology_screening")
    monkeypatch.setattr(Case, "name", property(lambda _self: pytest.fail("the case was read")))
    assert jobs.make_papers() == (2, 0)
    assert len(issued(case_id)) == 2


def test_a_paper_of_demo_or_example_data_is_a_sample_for_ever(world, app):
    real = world.advance(world.draft(), "submitted")
    app.config["DEMO"] = True
    invented = world.advance(world.draft(), "submitted")
    app.config["DEMO"] = False
    assert content(issued(real)[0])["sample"] == ""
    assert content(issued(invented)[0])["sample"] == "样稿"


def test_number_series_head_contact_and_address_are_the_operators(world, app):
    app.config.update(
        PAPER_NUMBER="示例审〔{year}〕第{n}号",
        PAPER_HEAD="示例文件",
        PAPER_CONTACT="示例科，0538-0000000",
        PUBLIC_URL="https://tanhui.example.cn",
    )
    paper = issued(world.advance(world.draft(), "methodology_screening"))[-1]
    said = content(paper)
    assert paper.number == "示例审〔2026〕第1号"
    assert (said["head"], said["address"]) == ("示例文件", f"https://tanhui.example.cn/verify/{paper.code}")
    assert "0538-0000000" in said["contact"]


# Codes --------------------------------------------------------------------------------------------------


def test_a_code_with_one_sign_wrong_or_two_swapped_is_noticed():
    for _ in range(20):
        code = papers.new_code()
        assert papers.read_code(code) == code
        for place in range(papers.CODE_LENGTH):
            for sign in set(papers.ALPHABET) - {code[place]}:
                assert papers.read_code(code[:place] + sign + code[place + 1 :]) is None
        for place in range(papers.CODE_LENGTH - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or papers.read_code(swapped) is None


def test_a_code_is_read_however_it_was_typed():
    code = papers.new_code()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (papers.spaced(code), code.lower(), f" {code[:4]} {code[4:]} ", wide):
        assert papers.read_code(typed) == code
    for typed in ("", "O" * 12, code[:-1], code + "A", "../../etc", "%" * 12):
        assert papers.read_code(typed) is None


# The PDF ------------------------------------------------------------------------------------------------


@needs_poppler
def test_the_job_makes_every_paper_once_and_the_chain_holds_its_digest(world):
    case_id = world.advance(world.draft(), "registered")
    assert len(papers.waiting()) == 4
    assert jobs.make_papers() == (4, 0)
    assert jobs.make_papers() == (0, 0)
    for paper in issued(case_id):
        file = db.session.get_one(PaperFile, paper.id)
        event = db.session.get_one(AuditEvent, file.seq)
        assert (event.action, event.subject_id, event.actor_id) == ("paper:make", paper.id, None)
        assert json.loads(event.detail) == {"pdf": file.sha256}
        with storage.open_file(file.sha256) as kept:
            read = words(kept.read())
        assert paper.number in read
        assert papers.spaced(paper.code) in read
    assert audit.verify()[1] is None


def test_two_jobs_at_once_leave_one_file(world, app):
    world.advance(world.draft(), "submitted")
    (paper_id,) = papers.waiting()
    start, outcomes = threading.Barrier(2), []

    def make() -> None:
        with app.app_context():
            start.wait()
            outcomes.append(jobs._make(paper_id))
            db.session.remove()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]
    db.session.rollback()
    assert len(db.session.scalars(select(PaperFile)).all()) == 1
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "paper:make")).all()) == 1


def test_a_paper_that_cannot_be_made_undoes_nothing_and_holds_up_no_other(world, monkeypatch):
    first = world.advance(world.draft(), "submitted")
    second = world.advance(world.draft(), "submitted")
    bad = issued(first)[0].number
    render = jobs.render
    monkeypatch.setattr(jobs, "render", lambda v: 1 / 0 if v["number"] == bad else render(v))
    assert jobs.make_papers() == (1, 1)
    assert world.case(first).state == "submitted"
    assert ask.receipt_of(world.case(second)).ready
    assert not ask.receipt_of(world.case(first)).ready
    monkeypatch.undo()
    assert jobs.make_papers() == (1, 0)
    assert ask.receipt_of(world.case(first)).ready


def test_a_lost_queue_loses_no_paper(world, app, monkeypatch):
    app.config["TESTING"] = False
    monkeypatch.setattr(jobs, "_queue", lambda _app: 1 / 0)
    case_id = world.advance(world.draft(), "submitted")
    app.config["TESTING"] = True
    assert kinds(case_id) == ["receipt"]
    assert jobs.make_papers() == (1, 0)


# On PostgreSQL huey leaves a worker's listening connection to the garbage collector, by its own design.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_worker_makes_a_paper_soon_after_its_act(world, app):
    app.config["TESTING"] = False
    try:
        app.config["JOBS"] = True
        db.session.connection()  # the queue asks the database by a connection of its own: it has to be there
        with jobs.at_work(app):
            case_id = world.advance(world.draft(), "submitted")
            paper_id = issued(case_id)[0].id
            db.session.rollback()
            for _ in range(200):
                db.session.rollback()
                if db.session.get(PaperFile, paper_id):
                    break
                threading.Event().wait(0.1)
        db.session.rollback()
        assert db.session.get(PaperFile, paper_id) is not None
    finally:
        app.config["TESTING"] = True
        app.extensions.pop("huey", None)
        gc.collect()
