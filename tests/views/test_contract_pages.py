"""The contract on the pages: asked where there is a partner, checked on the desk, added up for each partner."""

import pytest
from bs4 import BeautifulSoup

from registry.extensions import db
from registry.models import Organisation, OrganisationTie
from registry.services import facts
from tests import factories
from tests.contract_answers import CONTRACT, PARTNER_CODE, with_partner
from tests.statements import asked
from tests.town import Town, problems
from tests.world import PARCEL

OTHER = "91370900MA0000003F"
AREA = "2,000\u00a0mu"
BOAST = "本合同<b>保底收益</b>，甲方零成本。乙方不保证收益。"


@pytest.fixture
def draft(town: Town) -> int:
    with town.inside():
        return town.world.draft()


def partner_of(town: Town) -> int:
    with town.inside():
        return int(db.session.query(Organisation.id).filter_by(credit_code=PARTNER_CODE).scalar())


def version_of(text: str) -> str:
    return str(BeautifulSoup(text, "html.parser").find("input", {"name": "version"})["value"])


def fields(text: str) -> set[str]:
    return set(BeautifulSoup(text, "html.parser").find("input", {"name": "asked"})["value"].split())


def typed(data: dict[str, object]) -> dict[str, object]:
    return {k: {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for k, v in data.items()}


def test_the_pages_on_the_contract_are_asked_where_there_is_a_partner(town, draft):
    assert "contract_terms" not in town.page("owner", f"/my/{draft}")
    assert "/contract" in town.be("owner").get(f"/my/{draft}/contract_terms").headers["Location"]
    with town.inside():
        town.world.save(draft, "contract", CONTRACT["contract"])
    listed = town.page("owner", f"/my/{draft}")
    for page in ("contract_terms", "contract_costs", "contract_text"):
        assert f"/my/{draft}/{page}" in listed
    assert "Contract: its wording" in town.page("owner", f"/my/{draft}/check")


def test_a_contract_typed_into_the_pages_is_kept_as_it_was_typed(town, draft):
    with town.inside():
        town.world.save(draft, "contract", CONTRACT["contract"])
    for page in ("contract_terms", "contract_costs", "contract_text"):
        address = f"/my/{draft}/{page}"
        shown = town.page("owner", address)
        said = typed(CONTRACT[page]) | {"version": version_of(shown), "then": "continue"}
        for _time in range(2):
            answer = town.client.post(address, data=said | {"asked": " ".join(fields(shown))})
            assert answer.status_code == 302, problems(answer.text)
            shown = town.page("owner", address)
            said |= {"version": version_of(shown)}
    with town.inside():
        kept = facts.answers_of(draft, 1)
    assert {page: kept[page] for page in CONTRACT if page != "contract"} == {
        page: data for page, data in CONTRACT.items() if page != "contract"
    }


def test_nought_is_an_answer_to_what_is_paid_for_the_land(town, draft):
    valid = {"partner_credit_code": "91370900MA0000003F"}
    main = {**CONTRACT["contract"], **valid, "transfers_land_rights": True, "land_price_yuan": "0"}
    with town.inside():
        town.world.save(draft, "contract", main)
    address = f"/my/{draft}/contract"
    shown = town.page("owner", address)
    said = typed(main) | {"version": version_of(shown), "asked": " ".join(fields(shown)), "then": "continue"}
    assert town.client.post(address, data=said).status_code == 302


def test_only_what_applies_is_asked(town, draft):
    with town.inside():
        town.world.save(draft, "contract", CONTRACT["contract"])
    assert "votes_for" not in fields(town.page("owner", f"/my/{draft}/contract_terms"))
    with town.inside():
        town.world.save(draft, "parcels", {"parcels": [{**PARCEL, "tenure": "collective_managed"}]})
    asked = fields(town.page("owner", f"/my/{draft}/contract_terms"))
    assert {"votes_for", "votes_entitled", "partner_outside", "capacity_check"} <= asked


def test_the_check_groups_what_it_finds_and_shows_promise_land_and_wording(town):
    promised = {
        "promises_income": True,
        "claimed_income_yuan": "2600000",
        "claimed_t_per_mu_yr": "1.6",
        "claimed_yuan_per_t": "80",
        "claimed_deduction_pct": "0",
        "bearer_pdd": "not_stated",
    }
    changed = with_partner(contract_costs=promised, contract_text={"text": BOAST})
    _id, number = town.case("risk_review", **changed)
    text = town.page("officer", f"/cases/{number}/contract")
    page = BeautifulSoup(text, "html.parser")
    assert {f["id"] for f in page.select(".finding")} >= {"f-R01", "f-R07", "f-R13"}
    in_group = {s["aria-labelledby"]: [f["id"] for f in s.select(".finding")] for s in page.select("section")}
    assert "f-R07" in in_group["M1"]
    assert "f-R13" in in_group["M3"]
    assert "2,600,000" in page.select_one("#promise").parent.text
    assert "Daiyue District" in page.select_one("#held").parent.text
    assert "basis to be determined" in page.select_one("#held").parent.text
    assert f"/cases/{number}/contract" in town.page("officer", f"/cases/{number}")


def test_words_are_marked_where_they_stand_and_the_text_is_never_markup(town):
    _id, number = town.case("submitted", **with_partner(contract_text={"text": BOAST}))
    raw = town.be("officer").get(f"/cases/{number}/contract").text
    assert "本合同&lt;b&gt;" in raw
    marks = BeautifulSoup(raw, "html.parser").select(".wording mark")
    counted = [m.text for m in marks if "not" not in (m.get("class") or [])]
    aside = [m.text for m in marks if "not" in (m.get("class") or [])]
    assert any("零成本" in m and "R12" in m for m in counted)
    assert any("保证收益" in m for m in aside)


def test_a_case_without_a_partner_has_a_check_that_says_so(town):
    _id, number = town.case("submitted")
    text = town.page("owner", f"/cases/{number}/contract")
    assert "there is no partnership contract" in text
    assert f"/cases/{number}/contract" not in town.page("officer", f"/cases/{number}")


def test_an_officers_answer_stands_below_the_finding(town):
    case_id, number = town.case("risk_review", **with_partner(contract_costs={"bearer_pdd": "not_stated"}))
    assert "clause=R13" in town.page("officer", f"/cases/{number}/contract")
    town.behind(case_id, "answer_finding", "officer", clause="R13", words="已通知补充")
    shown = BeautifulSoup(town.page("officer", f"/cases/{number}/contract"), "html.parser")
    assert "已通知补充" in shown.select_one("#f-R13").text
    assert "已通知补充" not in town.page("owner", f"/cases/{number}/contract")


def test_the_applicant_does_not_see_the_partners_other_contracts(town):
    _id, other = town.case("submitted", **with_partner())
    _id, number = town.case("submitted", **with_partner())
    assert other in town.page("officer", f"/cases/{number}/contract")
    assert "Other contracts that run beside it" not in town.page("owner", f"/cases/{number}/contract")


def test_the_portfolio_adds_up_and_opens_only_files_the_reader_may_see(town):
    _id, first = town.case("submitted", **with_partner())
    _id, second = town.case("submitted", **with_partner(contract={"area_mu": "1400"}))
    listed = town.page("officer", "/partners")
    assert "示例合作方" in listed
    assert AREA in listed
    mine = town.page("officer", f"/partners/{partner_of(town)}")
    assert first in mine
    assert second in mine
    theirs = town.page("member1", f"/partners/{partner_of(town)}")
    assert AREA in theirs
    assert first not in theirs
    assert "The file is not open to you" in theirs


def test_more_contracts_do_not_ask_the_database_more(town):
    """However many contracts and partners a page shows, their findings come by as many statements."""
    with town.inside():
        factories.an_organisation(credit_code=OTHER)
        db.session.rollback()
    contracts(town, 2)
    paths = ("/partners", f"/partners/{partner_of(town)}")
    few = [number(town, path) for path in paths]
    before = tallied(town, paths[0])
    contracts(town, 3)
    assert [number(town, path) for path in paths] == few
    assert tallied(town, paths[0]) != before


def contracts(town, count):
    """So many contracts with each of two partners."""
    for _ in range(count):
        town.case("submitted", **with_partner(contract_costs={"bearer_pdd": "not_stated"}))
        town.case("submitted", **with_partner(contract={"partner_credit_code": OTHER}))


def tallied(town, path):
    """What the list says of the partner."""
    page = BeautifulSoup(town.page("officer", path), "html.parser")
    return page.find("a", href=f"/partners/{partner_of(town)}").find_parent("tr").text


def number(town, path):
    """How many statements a page takes."""
    town.page("officer", path)  # what is kept between requests is kept now
    with asked(town.client.application) as seen:
        assert town.client.get(path).status_code == 200
    return len(seen)


def test_a_tie_is_recorded_with_its_source_and_ended(town):
    town.case("submitted", **with_partner())
    partner, path = partner_of(town), f"/partners/{partner_of(town)}"
    with town.inside():
        other = town.world.vvb_org
    said = {"tie-kind": "shareholder", "tie-related": other, "tie-source": "", "tie-since": "2026-01-01"}
    town.page("officer", path)
    refused = town.client.post(f"{path}/ties", data=said)
    assert refused.status_code == 422
    assert problems(refused.text) == ["Say where the tie was seen"]
    assert town.client.post(f"{path}/ties", data=said | {"tie-source": "Credit register"}).status_code == 302
    shown = town.page("officer", path)
    assert "Credit register" in shown
    with town.inside():
        tie_id = db.session.query(OrganisationTie.id).scalar()
    until = {f"t{tie_id}-until": "2026-02-01"}
    assert town.client.post(f"{path}/ties/{tie_id}/end", data=until).status_code == 302
    assert "2026-02-01" in town.page("auditor", path)
    assert "Record a tie" not in town.page("auditor", path)
    assert partner


@pytest.mark.parametrize(("signs", "status"), [(100_000, 302), (100_001, 422)])
def test_a_contract_of_a_hundred_thousand_characters_is_taken_and_no_longer_one(town, draft, signs, status):
    with town.inside():
        town.world.save(draft, "contract", CONTRACT["contract"])
    address = f"/my/{draft}/contract_text"
    version = version_of(town.page("owner", address))
    said = {"text": "文" * signs, "version": version, "asked": "text", "then": "continue"}
    assert town.client.post(address, data=said).status_code == status


def test_the_room_shows_how_the_contract_came_out(town):
    long = {"end_on": "2043-12-31", "area_mu": "6000"}
    case_id, number = town.case("risk_review", **with_partner(contract=long))
    with town.inside():
        meeting_id = town.world.table(case_id)
    shown = town.page("chair", f"/meetings/{meeting_id}/room?item=1")
    assert f"/cases/{number}/contract" in shown
    assert "3 for the leading group" in shown
