"""The tables of a report are made from records and inventories, and every cell says which."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from registry.clock import day_of, now
from registry.extensions import db
from registry.models import Inventory, Notice, ReportPrompt
from registry.queries import report_sources
from registry.queries import reports as ask
from registry.services import acts, farm_records, inventory_stock, report_rows, tick
from registry.services import reports as services
from tests import reports
from tests.contract_answers import with_partner
from tests.world import World
from workflows.carbon import Parameters
from workflows.clocks import Reminder
from workflows.inventory import LandKind
from workflows.pilot_report import Period
from workflows.report_tables import Source
from workflows.states import FarmRecordKind

pytestmark = pytest.mark.both_engines

OLD, NEW = date(2024, 6, 1), date(2025, 6, 1)


@pytest.fixture
def world(app, clock):
    return World()


@pytest.fixture
def farm(world):
    return reports.farm(world)


def table(report_id, no):
    return next(t for t in ask.tables(reports.row(report_id)) if t.no == no)


def values(report_id, no):
    return [{key: cell.value for key, cell in row.items()} for row in table(report_id, no).rows]


def annual(world, farm):
    return reports.begun(world, farm, reports.YEAR)


# Tables 1 to 3 ------------------------------------------------------------------------------------------


def test_the_resources_are_the_newest_inventory_by_district_category_species_and_age(world, farm):
    reports.surveyed(world, farm, OLD, *reports.grown(-1))
    reports.surveyed(world, farm, NEW)
    first, second = values(annual(world, farm), 1)
    assert list(first.values())[:4] == ["示例一区", "防护林", "柏类", "中龄林"]
    figures = {key: value for key, value in first.items() if isinstance(value, Decimal)}
    assert figures == {
        "area_mu": 60,
        "area_ha": 4,
        "volume_m3": 200,
        # weighted by area: (15 * 0.6 + 45 * 0.8) / 60 and so on
        "crown_closure": Decimal("0.75"),
        "dbh_cm": Decimal("11.5"),
        "height_m": Decimal("7.75"),
    }
    assert list(second.values())[:4] == ["示例二区", "特种用途林", "刺槐", "成熟林"]


def test_an_inventory_of_later_of_other_land_or_still_coming_in_counts_for_nothing(world, farm):
    reports.surveyed(world, farm, NEW)
    reports.surveyed(world, farm, date(2026, 1, 1), *reports.grown(9))
    reports.surveyed(world, farm, date(2025, 9, 1), *reports.grown(8), done=False)
    reports.surveyed(world, farm, date(2025, 10, 1), *reports.grown(7), kind=LandKind.WETLAND)
    found = table(annual(world, farm), 1)
    assert found.total["volume_m3"].value == 300


def test_of_two_versions_of_one_survey_the_later_counts_and_is_no_change(world, farm):
    reports.surveyed(world, farm, NEW)
    reports.surveyed(world, farm, NEW, *reports.grown(5))
    report_id = annual(world, farm)
    assert table(report_id, 1).total["volume_m3"].value == 315
    assert table(report_id, 3).rows == ()


def test_the_stock_is_what_the_carbon_code_says_and_names_parameters_method_and_mark(world, farm):
    version = db.session.get_one(Inventory, reports.surveyed(world, farm, NEW))
    report_id = annual(world, farm)
    parameters = Parameters.base(date(2025, 12, 31))
    found = table(report_id, 2)
    assert float(found.total["co2_t"].value) == pytest.approx(inventory_stock.stock_of(version, parameters).total.tco2e)
    assert found.total["area_ha"].value == table(report_id, 1).total["area_ha"].value
    cypress = {
        key: cell.value for key, cell in next(r for r in found.rows if r["stratum"].value == "柏类中龄林").items()
    }
    # domain.md §4.3: 50 m3/ha of cypress is 25.756 tC and 94.438 t a hectare, on 4 hectares
    assert cypress["volume_m3_per_ha"] == 50
    assert float(cypress["carbon_tc"]) == pytest.approx(4 * 25.756, abs=0.01)
    assert float(cypress["co2_t"]) == pytest.approx(4 * 94.438, abs=0.01)
    assert [cypress[key] for key in ("wd", "bef", "r", "cf")] == list(map(Decimal, ("0.478", "1.732", "0.22", "0.51")))
    marked = found.rows[0]["co2_t"]
    assert "AR-CM-001-V01" in marked.method
    assert (marked.mark, found.rows[0]["area_ha"].mark) == ("known", "")


def test_the_change_is_between_the_two_newest_surveys_by_year_and_mu(world, farm):
    reports.surveyed(world, farm, date(2020, 6, 1), *reports.grown(-9))
    old = reports.surveyed(world, farm, OLD)
    new = reports.surveyed(world, farm, NEW, *reports.grown(10))
    report_id = annual(world, farm)
    found = table(report_id, 3)
    versions = [db.session.get_one(Inventory, number) for number in (old, new)]
    told = inventory_stock.change_of(*versions, Parameters.base(date(2025, 12, 31))).total
    assert float(found.total["change_t"].value) == pytest.approx(told.delta_tco2e)
    assert float(found.total["yearly_t"].value) == pytest.approx(told.tco2e_per_year)
    cypress = next(row for row in found.rows if row["stratum"].value == "柏类中龄林")
    assert cypress["yearly_t_per_mu"].value == pytest.approx(cypress["yearly_t"].value / 60, abs=Decimal("0.00001"))
    assert {source.id for source in cypress["change_t"].sources} == {old, new}


def test_a_row_that_cannot_be_reckoned_is_a_finding_and_leaves_no_half_sum(world, farm):
    willow = ["0009", "岱岳区", reports.FARM, "示例一区", "防护林", "柳树", "中龄林", 15, 50, 0.6, 10, 7]
    reports.surveyed(world, farm, NEW, *reports.STANDS, willow)
    reports.a_plot(world, farm)
    report_id = annual(world, farm)
    assert table(report_id, 1).total["volume_m3"].value == 350
    assert table(report_id, 2).rows == ()
    assert reports.stopped(world, report_id, "submit_report", "reporter") == ["P35"]
    reports.surveyed(world, farm, date(2025, 7, 1))
    services.read_again(report_id, by=world.user("reporter"), at=now())
    # The newer inventory is sound; the faults of the one before stop its comparison.
    assert table(report_id, 2).rows
    assert reports.stopped(world, report_id, "submit_report", "reporter") == ["P35"]


def test_a_published_figure_keeps_the_inventory_it_was_made_from(world, farm):
    first = reports.surveyed(world, farm, NEW)
    reports.a_plot(world, farm)
    report_id = reports.brought(world, annual(world, farm), "review_report")
    reports.act(world, report_id, "approve_report", "chair", note="参数待核实。")
    reports.act(world, report_id, "publish_report", "officer")
    reports.surveyed(world, farm, NEW, *reports.grown(5))
    assert table(report_id, 1).total["volume_m3"].value == 300
    assert {source.id for source in table(report_id, 1).total["volume_m3"].sources} == {first}


# Tables 4 to 11 -----------------------------------------------------------------------------------------


def test_a_replaced_record_counts_no_more(world, farm):
    done = {"work": "tending", "done_mu": Decimal(10)}
    first = reports.recorded(world, farm, "activity", date(2025, 11, 2), **done)
    reports.recorded(world, farm, "activity", date(2025, 11, 2), replaces=first, **(done | {"done_mu": Decimal(12)}))
    assert table(reports.begun(world, farm), 4).total["done_mu"].value == 12


def test_plots_stand_with_their_newest_measurement_by_the_end_of_the_year(world, farm):
    plot = reports.a_plot(world, farm)
    again = reports.recorded(world, farm, "measurement", date(2025, 9, 1), plot_id=plot, trees=58)
    reports.recorded(world, farm, "measurement", date(2026, 1, 10), plot_id=plot, trees=57)
    reports.recorded(world, farm, "plot", date(2025, 5, 1), replaces=plot, plot_no="示例01", stratum="柏类")
    (row,) = table(annual(world, farm), 5).rows
    assert (row["trees"].value, row["surveyed_on"].value) == (58, date(2025, 9, 1))
    assert [source.id for source in row["trees"].sources] == [again]


def test_losses_name_the_method_of_their_carbon(world, farm):
    reports.some_rows(world, farm)
    (row,) = table(reports.begun(world, farm), 6).rows
    assert (row["co2_t"].value, row["co2_t"].method) == (Decimal("31.5"), "AR-CM-001-V01")


def test_money_out_and_money_in_are_never_one_sum(world, farm):
    for direction, heading, yuan in (("out", "监测", 100_000), ("out", "抚育", 200_000), ("in", "补偿", 50_000)):
        spent = {"heading": heading, "executed_yuan": Decimal(yuan)}
        reports.recorded(world, farm, "money", date(2025, 12, 1), direction=f"money_{direction}", **spent)
    report_id = annual(world, farm)
    assert [(row["heading"], row["spent_wan_yuan"]) for row in values(report_id, 10)] == [
        *(("支出：监测", 10), ("支出：抚育", 20), ("支出合计", 30), ("收入：补偿", 5)),
    ]
    assert table(report_id, 10).total == {}


def test_a_trial_says_what_moved_beside_the_control_and_claims_no_significance(world, farm):
    treated, control = (reports.a_plot(world, farm, no) for no in ("甲", "乙"))
    plots = {"treatment_id": treated, "control_id": control, "measure": "平均胸径", "unit": "cm"}
    before = {"treatment_before": Decimal(10), "control_before": Decimal(9)}
    after = {"treatment_after": Decimal(13), "control_after": Decimal(10)}
    reports.recorded(world, farm, "trial", date(2025, 12, 1), **plots, **before, **after)
    first, second = values(annual(world, farm), 11)
    assert (first["pair"], first["difference"], second["difference"]) == ("甲 × 乙，处理样地", 3, 1)
    assert first["significance"] == "扣除对照后2.00；样地1对，未作显著性检验"


def test_sales_and_loans_are_as_the_farm_tells_them(world, farm):
    sale = {"what": "林业碳票", "quantity_t": Decimal(10), "price_yuan": Decimal(50), "amount_yuan": Decimal(500)}
    reports.recorded(world, farm, "sale", date(2025, 10, 8), counterparty="示例企业", **sale)
    reports.recorded(
        world, farm, "loan", date(2025, 10, 9), what="预期收益", loan_yuan=Decimal(300_000), lender="示例银行"
    )
    report_id = reports.begun(world, farm)
    assert values(report_id, 8)[0]["amount_yuan"] == 500
    assert values(report_id, 9)[0]["loan_wan_yuan"] == 30


def test_every_figure_leads_to_rows_that_are_there(world, farm):
    reports.some_rows(world, farm)
    reports.surveyed(world, farm, OLD)
    reports.surveyed(world, farm, NEW, *reports.grown(10))
    reports.a_plot(world, farm)
    report = reports.row(annual(world, farm))
    assert {figure.table_no for figure in report.figures} == {1, 2, 3, 4, 5, 6}
    for figure in report.figures:
        behind = report_sources.source_rows(figure)
        assert behind, (figure.table_no, figure.column_key)
        assert all(row.title and row.path and row.person for row in behind)
        assert (figure.person.id, figure.as_of is not None) == (world.people["reporter"], True)


# Of which pilot, and who is reminded --------------------------------------------------------------------


def test_a_report_is_of_the_pilot_that_runs_in_its_period(world, farm):
    before = reports.row(reports.begun(world, farm, Period(2025, 3)))
    assert before.pilot_id is None
    pilot = reports.running_pilot(world, farm, since=date(2025, 10, 1))
    assert reports.row(reports.begun(world, farm)).pilot_id == pilot
    services.read_again(before.id, by=world.user("reporter"), at=now())
    assert reports.row(before.id).pilot_id is None


def test_a_report_nobody_has_begun_is_reminded_of_once_at_each_time(world, farm, clock):
    reports.running_pilot(world, farm, since=date(2026, 1, 1))
    told = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.action == "remind_of_report", Notice.user_id == world.people["reporter"])
    )
    for day, times in ((7, 0), (13, 1), (13, 1), (15, 2), (20, 3), (21, 3)):
        clock.set(datetime(2026, 4, day, 2, tzinfo=UTC))
        tick.tick(now())
        assert db.session.scalar(told) == times, day
    assert db.session.scalar(select(func.count()).select_from(ReportPrompt)) == 3
    everybody = select(Notice.user_id).where(Notice.action == "remind_of_report").distinct()
    assert set(db.session.scalars(everybody)) == {world.people["reporter"]}


def test_a_report_that_is_begun_is_not_reminded_of_as_if_it_were_not(world, farm, clock):
    reports.running_pilot(world, farm, since=date(2026, 1, 1))
    reports.begun(world, farm, Period(2026, 1))
    clock.set(datetime(2026, 4, 20, 2, tzinfo=UTC))
    assert tick.tick(now()).done == {"remind_report": 1}


def test_the_door_refuses_a_reminder_sent_before_and_one_of_a_report_that_is_begun(world, farm, clock):
    pilot = reports.running_pilot(world, farm, since=date(2026, 1, 1))
    clock.set(datetime(2026, 4, 20, 2, tzinfo=UTC))

    def remind(kind):
        data = {"kind": kind, "period_kind": "quarter", "period_from": "2026-01-01"}
        acts.act(("pilot", pilot), "remind_of_report", by=None, at=now(), seen=None, data=data)

    remind(Reminder.DUE)
    with pytest.raises(acts.Refused):
        remind(Reminder.DUE)
    reports.begun(world, farm, Period(2026, 1))
    with pytest.raises(acts.Refused):
        remind(Reminder.OVERDUE)


def test_a_report_not_begun_stands_in_its_writers_inbox_with_its_day(world, farm, clock):
    reports.running_pilot(world, farm, since=date(2026, 1, 1))
    clock.set(datetime(2026, 4, 2, 2, tzinfo=UTC))
    (waiting,) = ask.waits(world.user("reporter"))
    assert (waiting.path, waiting.due) == ("/reports", date(2026, 4, 15))
    reports.begun(world, farm, Period(2026, 1))
    (waiting,) = ask.waits(world.user("reporter"))
    assert waiting.path.startswith("/reports/")
    assert ask.waits(world.user("officer")) == []


def test_a_farm_without_a_running_pilot_owes_no_report(world, farm, clock):
    clock.set(datetime(2026, 4, 20, 2, tzinfo=UTC))
    assert tick.tick(now()).done == {}


# Of the register ----------------------------------------------------------------------------------------


def made(world, period, no):
    """A table of the reports of whoever the world's cases are of, as the records stand."""
    with force_locale("zh_Hans_CN"):
        return next(t for t in report_rows.tables(world.org, period) if t.no == no)


def test_losses_of_a_registered_project_stand_beside_the_farms_own(world):
    case_id = world.advance(world.draft(), "registered")
    on = day_of(now())
    said = reports.COMMON | reports.EMPTY["loss"] | {"on_day": on, "cause": "storm", "area_mu": Decimal(3)}
    loss = farm_records.write(
        FarmRecordKind.LOSS, said, by=world.user("officer"), at=now(), client_id="a" * 20, case_id=case_id
    )
    period = Period(on.year, (on.month + 2) // 3)
    (row,) = made(world, period, 6).rows
    assert (row["area_mu"].value, row["area_mu"].sources) == (3, (Source("record", loss),))
    assert made(world, period.before, 6).rows == ()


def test_a_project_names_its_gravest_findings_with_itself_as_their_source(world):
    grave = with_partner(contract_terms={"penalty_one_sided": True, "owner_may_terminate": False})
    case_id = world.advance(world.draft(**grave), "submitted")
    (row,) = made(world, Period(2026, 1), 7).rows
    assert row["risk"].value == "领导小组审议（R25、R31）"
    assert row["risk"].sources == (Source("project", case_id),)
