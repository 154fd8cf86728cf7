"""Losses of registered projects: recorded by whoever may, corrected and kept, summed by cause, public without names."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from registry.clock import now
from registry.extensions import db
from registry.models import FarmRecord, PilotLoss
from registry.services import farm_records
from tests import factories
from tests.town import Town
from workflows.roles import Role
from workflows.states import FarmRecordKind, LossCause

WORDS = "东坡上缘"
FIRE = {"cause": "fire", "area_mu": "30", "on_day": "2026-01-05", "place": WORDS, "parcel_key": "p1"}


@pytest.fixture
def entry(town: Town) -> str:
    """The number of a case with an entry of one parcel, p1."""
    return town.case("registered")[1]


@pytest.fixture
def elsewhere(town: Town) -> str:
    """Another entry."""
    return town.case("registered")[1]


def client_id() -> str:
    """A new id for every record, as the form makes one."""
    client_id.last = getattr(client_id, "last", 0) + 1  # type: ignore[attr-defined]
    return f"loss{client_id.last:020d}"  # type: ignore[attr-defined]


def send(town: Town, who: str, path: str, status: int = 302, **changed: Any) -> str:
    town.be(who)
    answer = town.client.post(path, data={"client_id": client_id(), **FIRE, **changed})
    assert answer.status_code == status, answer.text
    return answer.headers.get("Location", answer.text)


def lost(town: Town) -> int:
    with town.inside():
        return db.session.scalar(select(func.count()).select_from(PilotLoss)) or 0


def public(town: Town, number: str) -> str:
    """The public page of the project, as anybody reads it."""
    with town.inside():
        from registry.models import Case

        project = db.session.scalars(select(Case.project_number).where(Case.number == number)).one()
    town.client.delete_cookie("sid")
    answer = town.client.get(f"/projects/{project}")
    assert answer.status_code == 200
    return answer.text


def test_a_loss_is_recorded_on_its_parcel_and_summed_by_cause_on_every_page(town, entry):
    case = town.page("officer", f"/cases/{entry}")
    assert f"/cases/{entry}/losses/new" in case
    assert "No loss has been recorded" in case
    assert "Losses recorded" not in public(town, entry)
    path = send(town, "officer", f"/cases/{entry}/losses/new")
    assert "东坡" in town.page("officer", path)
    more = {"cause": "fire", "area_mu": "12.5", "carbon_t": "80.5", "method_version": "示例方法1", "parcel_key": ""}
    send(town, "owner", f"/cases/{entry}/losses/new", **more)
    send(town, "owner", f"/cases/{entry}/losses/new", cause="storm", area_mu="3")
    for page in (
        town.page("officer", f"/cases/{entry}"),
        town.page("owner", f"/cases/{entry}/losses"),
        public(town, entry),
    ):
        table = page.partition("Losses by cause")[2].partition("</table>")[0]
        assert all(figure in table for figure in ("42.5", "80.5"))
        assert "45.5" in table.partition("<tfoot>")[2]
        assert ("2.83" in table) == ("Area lost (ha)" in page)
        assert "For 2 events the carbon has not been worked out" in page


@pytest.mark.parametrize("parcel", ["p1", ""])
def test_no_more_is_lost_than_there_is(town, entry, parcel):
    before = lost(town)
    page = send(town, "owner", f"/cases/{entry}/losses/new", 422, area_mu="999999", parcel_key=parcel)
    assert "enter no larger area" in page
    assert lost(town) == before


def test_the_public_sum_names_nobody_and_no_place(town, entry):
    send(town, "owner", f"/cases/{entry}/losses/new", note="电话0538-7654321", handling="已清理火烧木")
    page = public(town, entry)
    with town.inside():
        name = town.world.user("owner").name
    assert "Losses recorded" in page
    for hidden in (name, WORDS, "0538-7654321", "已清理火烧木"):
        assert hidden not in page


def test_a_correction_takes_the_place_of_the_record_and_keeps_it(town, entry):
    path = send(town, "owner", f"/cases/{entry}/losses/new")
    assert 'value="30"' in town.page("owner", f"{path}/correct")
    send(town, "owner", f"{path}/correct", 422, area_mu="20")
    assert lost(town) == 1
    again = send(town, "owner", f"{path}/correct", area_mu="20", reason="复查面积")
    page = town.page("supervisor", again)
    assert "复查面积" in page
    assert "Earlier versions" in page
    table = town.page("officer", f"/cases/{entry}/losses").partition("Losses by cause")[2].partition("</table>")[0]
    assert ">20<" in table
    assert ">30<" not in table
    send(town, "owner", f"{path}/correct", 404, area_mu="10", reason="又一次")


def test_the_applicant_corrects_none_of_the_officers_records(town, entry):
    path = send(town, "officer", f"/cases/{entry}/losses/new")
    assert "Correct this record" not in town.page("owner", path)
    send(town, "owner", f"{path}/correct", 404, area_mu="1", reason="想少报")
    own = send(town, "owner", f"/cases/{entry}/losses/new")
    assert "Correct this record" in town.page("officer", own)
    send(town, "officer", f"{own}/correct", area_mu="31", reason="现场核实")


def test_everybody_of_the_case_reads_and_few_write(town, entry):
    path = send(town, "officer", f"/cases/{entry}/losses/new")
    for who in ("supervisor", "auditor", "chair"):
        town.page(who, path)
        assert "losses/new" not in town.page(who, f"/cases/{entry}/losses")
        town.page(who, f"/cases/{entry}/losses/new", 404)
        send(town, who, f"/cases/{entry}/losses/new", 404)
        send(town, who, f"{path}/correct", 404, reason="x")
    with town.inside():
        town.world.people["stranger"] = factories.a_member(factories.an_organisation())
    for address in (f"/cases/{entry}/losses", path, f"{path}/photo", f"{path}/correct"):
        town.page("stranger", address, 404)
    assert lost(town) == 1


def test_ids_of_other_projects_lead_nowhere(town, entry, elsewhere):
    path = send(town, "officer", f"/cases/{elsewhere}/losses/new")
    number = path.rpartition("/")[2]
    for address in (f"/cases/{entry}/losses/{number}", f"/cases/{entry}/losses/{number}/photo"):
        town.page("officer", address, 404)
    send(town, "officer", f"/cases/{entry}/losses/{number}/correct", 404, reason="移到别处")
    send(town, "officer", f"/cases/{entry}/losses/new", 422, parcel_key="p2")
    assert lost(town) == 1


def test_a_farm_record_is_no_loss_of_a_project(town, entry):
    from registry.models import OrganisationKind

    with town.inside():
        farm_id = factories.an_organisation(kind=OrganisationKind.FOREST_FARM)
        town.world.people["reporter"] = factories.an_appointee(town.world.body, Role.FARM_REPORTER)
        factories.belongs(town.world.people["reporter"], farm_id)
        values = {
            "on_day": date(2026, 1, 5),
            "place": "",
            "note": "",
            "source": "",
            "reason": "",
            "cause": LossCause.FIRE,
        }
        values |= {"area_mu": Decimal(1), "volume_m3": None, "carbon_t": None, "method_version": "", "handling": ""}
        by = town.world.user("reporter")
        kept = farm_records.write(FarmRecordKind.LOSS, values, by=by, at=now(), client_id=client_id(), farm_id=farm_id)
    town.page("officer", f"/cases/{entry}/losses/{kept}", 404)
    send(town, "officer", f"/cases/{entry}/losses/{kept}/correct", 404, reason="x")


@pytest.mark.parametrize("state", ["submitted", "validation"])
def test_a_project_without_an_entry_has_no_losses(town, state):
    number = town.case(state)[1]
    town.page("officer", f"/cases/{number}/losses", 404)
    send(town, "officer", f"/cases/{number}/losses/new", 404)
    assert "Loss events" not in town.page("officer", f"/cases/{number}")


def test_the_service_asks_again_who_may_write_and_of_what(town, entry):
    path = send(town, "officer", f"/cases/{entry}/losses/new")
    with town.inside():
        record = db.session.get_one(FarmRecord, int(path.rpartition("/")[2]))
        case_id, record_id = record.case_id, record.id
        for who, replaces in (("supervisor", None), ("owner", record_id)):
            with pytest.raises(farm_records.NotTheirs):
                farm_records.write(
                    FarmRecordKind.LOSS,
                    {"reason": "x"},
                    by=town.world.user(who),
                    at=now(),
                    client_id=client_id(),
                    case_id=case_id,
                    replaces=replaces,
                )
