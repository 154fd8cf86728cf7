"""Papers on screen: who reaches them, the page that reads like the PDF, and the check that is open to everybody."""

import html
from datetime import date

import pytest
from sqlalchemy import select, text

from registry import jobs
from registry.extensions import db, writing
from registry.models import Paper
from registry.services import papers
from tests.documents.samples import STATEMENT, needs_poppler, signs_of_page, signs_of_pdf, squeezed, words


def certified(town, **changed) -> tuple[int, str, Paper]:
    """(id, number, certificate) of a case with an entry."""
    case_id, number = town.case("registered", **changed)
    with town.inside():
        paper = db.session.scalars(select(Paper).where(Paper.case_id == case_id).order_by(Paper.id.desc())).first()
        db.session.expunge_all()
    return case_id, number, paper


def anybody(town, path: str, status: int = 200, language: str = "en") -> str:
    client = town.client.application.test_client()
    client.get(f"/language/{language}")
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text).replace("\u00a0", " ")


def lead(page: str) -> str:
    """What the page of a check says first."""
    return page.partition('<p class="lead">')[2].partition("</p>")[0]


def fetched(client, path: str):
    """The answer to a request for a file, read and closed."""
    answer = client.get(path)
    assert answer.data
    answer.close()
    return answer


# In the case --------------------------------------------------------------------------------------------


def test_the_case_lists_its_papers_and_says_while_the_pdf_is_being_made(town):
    _case_id, number, paper = certified(town)
    page = town.page("owner", f"/cases/{number}")
    for label in ("Certificate of entry", "Notice of the review opinion", "Notice of acceptance"):
        assert label in page
    assert page.count("The PDF is being made") == 4
    assert town.be("owner").get(f"/cases/{number}/papers/{paper.id}/pdf").status_code == 404
    with town.inside():
        assert jobs.make_papers() == (4, 0)
    page = town.page("owner", f"/cases/{number}")
    assert "The PDF is being made" not in page
    assert paper.number in page


def test_a_pdf_is_handed_out_as_a_download_that_runs_nothing(town):
    _case_id, number, paper = certified(town)
    with town.inside():
        jobs.make_papers()
    answer = fetched(town.be("officer"), f"/cases/{number}/papers/{paper.id}/pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


RARE = "𬭛㛃䶮堃喆" + "徂徕山国有林场与岱岳区青石峪村股份经济合作社联合造林碳汇项目" * 3
FAULTS = [{"field": "basics.contact_phone", "what": f"联系电话{n}<i>无法</i>接通"} for n in range(40)]


def _accepted(town) -> int:
    return town.case("registered", basics={"name": RARE})[0]


def _not_accepted(town) -> int:
    case_id, _number = town.case("submitted")
    town.behind(case_id, "decline", "officer", words="四旁绿化不属于造林碳汇项目。", right_way="local_ticket")
    return case_id


def _corrected(town) -> int:
    case_id, _number = town.case("submitted")
    town.behind(case_id, "request_correction", "officer", faults=FAULTS)
    return case_id


def _decided(action: str, question: str | None = None, **data):
    def decided(town) -> int:
        case_id, _number = town.case("registered" if question else "risk_review")
        with town.inside():
            votes = (1, 7) if action == "reject" else (8, 0)
            town.world.vote(case_id, *votes, **({"question": question} if question else {}))
        town.behind(case_id, action, "chair", words="理由一。\n理由二。", **data)
        return case_id

    return decided


CONDITIONS = [{"words": "补办林地经营权流转登记", "evidence": "流转登记证明", "due_on": date(2026, 6, 1)}]


@needs_poppler
@pytest.mark.parametrize(
    ("carried", "kinds"),
    [
        (_accepted, ["receipt", "acceptance", "review", "certificate"]),
        (_not_accepted, ["receipt", "declined"]),
        (_corrected, ["receipt", "correction"]),
        (_decided("approve_risk", conditions=CONDITIONS), ["receipt", "acceptance", "review"]),
        (_decided("reject"), ["receipt", "acceptance", "review"]),
        (_decided("revoke", "revocation"), ["receipt", "acceptance", "review", "certificate", "review"]),
    ],
    ids=["registered", "declined", "corrections", "with conditions", "rejected", "revoked"],
)
def test_the_page_of_every_paper_says_what_its_pdf_says_no_less_and_no_more(town, carried, kinds):
    case_id = carried(town)
    with town.inside():
        jobs.make_papers()
        number = town.world.case(case_id).number
        issued = db.session.execute(
            select(Paper.id, Paper.kind).where(Paper.case_id == case_id).order_by(Paper.id)
        ).all()
        said = {paper_id: papers.content_of(paper_id) for paper_id, _kind in issued}
    assert [kind.value for _id, kind in issued] == kinds
    for paper_id, _kind in issued:
        path = f"/cases/{number}/papers/{paper_id}"
        page = town.be("owner").get(path).text
        pdf = fetched(town.be("owner"), f"{path}/pdf").data
        assert 'lang="zh-CN"' in page
        assert signs_of_page(page, said[paper_id]) == signs_of_pdf(pdf, said[paper_id]), paper_id


@needs_poppler
def test_a_certificate_says_on_page_and_paper_what_it_is_not(town):
    _case_id, number, paper = certified(town)
    with town.inside():
        jobs.make_papers()
    path = f"/cases/{number}/papers/{paper.id}"
    assert STATEMENT in squeezed(town.page("owner", path))
    assert STATEMENT in words(fetched(town.be("owner"), f"{path}/pdf").data)


def test_words_typed_by_people_land_as_text_on_the_page(town):
    case_id, number = town.case("submitted")
    town.behind(case_id, "decline", "officer", words="<img src=x onerror=alert(1)> a <b> & < c", right_way="none")
    with town.inside():
        paper_id = db.session.scalars(select(Paper.id).where(Paper.case_id == case_id)).all()[-1]
    raw = town.be("owner").get(f"/cases/{number}/papers/{paper_id}").text
    assert "<img src=x" not in raw
    assert "&lt;img src=x onerror=alert(1)&gt; a &lt;b&gt; &amp; &lt; c" in raw


@pytest.mark.parametrize("what", ["", "/pdf"])
def test_who_does_not_see_the_case_does_not_see_its_papers(town, what):
    _case_id, number, paper = certified(town)
    other_id, other = town.case("submitted")
    with town.inside():
        jobs.make_papers()
        foreign = db.session.scalars(select(Paper.id).where(Paper.case_id == other_id)).one()
    for who in ("stranger", "administrator"):
        assert town.be(who).get(f"/cases/{number}/papers/{paper.id}{what}").status_code == 404
    assert town.client.application.test_client().get(f"/cases/{number}/papers/{paper.id}{what}").status_code in (
        302,
        401,
    )
    # A paper of another case under this case's number is no paper of it.
    assert town.be("owner").get(f"/cases/{number}/papers/{foreign}{what}").status_code == 404
    assert fetched(town.be("owner"), f"/cases/{other}/papers/{foreign}{what}").status_code == 200


def test_the_page_after_submitting_leads_to_the_official_receipt(town):
    case_id, number = town.case("submitted")
    page = town.page("owner", f"/my/{case_id}/receipt")
    assert f"{number}-1" in page
    assert f"/cases/{number}/papers/" in page


# The check ----------------------------------------------------------------------------------------------


def test_anybody_can_check_a_genuine_paper_and_sees_no_person(town):
    _case_id, _number, paper = certified(town)
    page = anybody(town, f"/verify/{paper.code}")
    for part in ("This paper is genuine", "in force", paper.number, "示例造林项目", "2 March 2026", paper.digest[:16]):
        assert part in page
    assert "示例林业公司" not in page
    assert "示例联系人" not in page


def test_the_form_leads_to_the_paper_however_the_code_was_typed(town):
    _case_id, _number, paper = certified(town)
    client = town.client.application.test_client()
    answer = client.get("/verify", query_string={"code": f" {papers.spaced(paper.code).lower()} "})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/verify/{paper.code}")


def test_a_mistyped_code_is_called_mistyped(town):
    code = papers.new_code()
    wrong = ("3" if code[0] == "2" else "2") + code[1:]
    for path in (f"/verify?code={wrong}", f"/verify/{wrong}", "/verify/x", "/verify?code=%3Cb%3E"):
        assert "mistyped or missing sign" in anybody(town, path, 404)


def test_a_code_nobody_issued_is_said_to_be_none(town):
    code = papers.new_code()
    page = anybody(town, f"/verify/{code}", 404)
    assert "There is no such paper" in page
    assert papers.spaced(code) in page


def _amended(town, case_id: int) -> None:
    """A project in the library gets another name, is reviewed again, and registered anew."""
    town.world.answer(case_id, basics={"name": "变更后的项目"})
    town.world.act(case_id, "amend", "owner")
    town.world.screen(case_id)
    town.world.validate(case_id)
    town.world.put_on_notice(case_id)
    town.world.vote(case_id, 8, question="amendment")
    town.world.act(case_id, "decide_amendment", "chair", approved=True, words="经审议决定")


def _revoked(town, case_id: int) -> None:
    town.world.vote(case_id, 8, question="revocation")
    town.world.act(case_id, "revoke", "chair", words="提供虚假权属证明")


def _suspended(town, case_id: int) -> None:
    town.world.vote(case_id, 8, question="suspension")
    town.world.act(case_id, "suspend", "chair", words="现状不明")


def _closed(town, case_id: int) -> None:
    town.world.act(case_id, "close", "officer", words="计入期届满")


@pytest.mark.parametrize(
    ("happened", "en", "zh"),
    [
        (_amended, "superseded by 泰林碳审〔2026〕4号", "已由泰林碳审〔2026〕4号替代"),
        (_revoked, "The entry has since been revoked", "已被撤销"),
        (_suspended, "The entry is suspended at present", "中止"),
        (_closed, "The project has ended and left the library", "退出"),
    ],
)
def test_a_certificate_that_no_longer_holds_says_so_in_both_languages(town, happened, en, zh):
    case_id, _number, paper = certified(town)
    assert "in force" in lead(anybody(town, f"/verify/{paper.code}"))
    with town.inside():
        happened(town, case_id)
    page = anybody(town, f"/verify/{paper.code}")
    assert en in lead(page)
    assert "in force" not in lead(page)
    assert "This paper is genuine" in page
    assert zh in lead(anybody(town, f"/verify/{paper.code}", language="zh"))


def test_a_sample_is_not_called_genuine(town):
    town.client.application.config["DEMO"] = True
    case_id, _number, paper = certified(town)
    town.client.application.config["DEMO"] = False
    page = anybody(town, f"/verify/{paper.code}")
    assert "This paper is a sample" in page
    assert "It proves nothing and has no effect" in lead(page)
    assert "This paper is genuine" not in page
    assert "in force" not in page.casefold()
    with town.inside():
        _revoked(town, case_id)
    assert "The entry has since been revoked" in anybody(town, f"/verify/{paper.code}")
    assert "样稿" in anybody(town, f"/verify/{paper.code}", language="zh").partition("<h1>")[2].partition("</h1>")[0]


def test_a_paper_that_is_not_what_was_issued_is_not_called_genuine(town):
    _case_id, _number, paper = certified(town)
    with town.inside(), writing():
        db.session.execute(text("DROP TRIGGER papers_no_update"))
        db.session.execute(text("UPDATE papers SET content = replace(content, '600', '900')"))
    page = anybody(town, f"/verify/{paper.code}")
    assert "does not hold" in page
    assert "This paper is genuine" not in page
    with town.inside(), pytest.raises(ValueError, match="not what was issued"):
        papers.content_of(paper.id)


def test_guessing_is_slowed_down_and_locks_nobody_out_of_signing_in(town):
    _case_id, _number, paper = certified(town)
    town.client.application.config["LOOK_UP_TRIES"] = 3
    client = town.client.application.test_client()
    for _ in range(3):
        assert client.get(f"/verify/{papers.new_code()}").status_code == 404
    assert client.get(f"/verify/{papers.new_code()}").status_code == 429
    assert client.get(f"/verify/{paper.code}").status_code == 429
    elsewhere = client.get(f"/verify/{paper.code}", environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 200
    assert client.get("/sign-in").status_code == 200
    with town.inside():
        rows = db.session.execute(text("SELECT address, succeeded FROM sign_in_attempts")).all()
    assert all(address == "" and succeeded for address, succeeded in rows)


def test_the_public_page_of_a_project_leads_to_the_check_of_its_certificate(town):
    case_id, _number, paper = certified(town)
    with town.inside():
        project_number = town.world.case(case_id).project_number
    page = anybody(town, f"/projects/{project_number}")
    assert paper.number in page
    assert f"/verify/{paper.code}" in page
    assert "In force" in page
