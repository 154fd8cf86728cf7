"""Steps on the carbon of a survey: a table as people hand it in, plots, and the whole tonnes of a certificate."""

import csv
import io
from datetime import date
from decimal import Decimal

from flask_babel import force_locale
from pytest_bdd import given, parsers, then, when

from registry.labels import carbon as words
from registry.services.carbon_faults import Unusable
from registry.services.carbon_tables import survey_of, table_of
from registry.services.carbon_told import stock_told
from workflows.carbon import Parameters
from workflows.carbon.deductions import precision_deduction_pct
from workflows.carbon.uncertainty import Stratum, Unsure, uncertainty
from workflows.carbon.units import Unit, convert, whole_tonnes

PARAMETERS = Parameters.base(date(2026, 11, 20))
PLOTS = (30.0, 34.0, 38.0, 42.0, 46.0)
UNKNOWN = "未知"


@given("一张调查表", target_fixture="survey")
def _(datatable):
    text = io.StringIO()
    csv.writer(text).writerows(datatable)
    return text.getvalue().encode()


@given(parsers.parse('碳层"{name}"有{number:d}个样地'), target_fixture="strata")
def _(name, number):
    return [Stratum(10.0, PLOTS[:number])]


@given(parsers.parse("增量为{tonnes}吨碳"), target_fixture="gained")
def _(tonnes):
    return Decimal(tonnes)


@when("计算碳储量", target_fixture="told")
def _(survey):
    try:
        return stock_told(survey_of(table_of(survey), PARAMETERS), PARAMETERS, (), (), "zh")
    except Unusable as refused:
        return refused


@when("计算不确定度", target_fixture="unsure")
def _(strata):
    return uncertainty(strata)


@when("折算为可签发的整吨", target_fixture="certified")
def _(gained):
    return whole_tonnes(convert(gained, Unit.TC, Unit.TCO2E))


@then(parsers.parse("碳储量为{tonnes}吨二氧化碳当量"))
def _(told, tonnes):
    assert f"{told['total_tco2e']:.3f}" == tonnes


@then(parsers.parse('不出合计，列"{column}"的问题为"{problem}"'))
def _(app, told, column, problem):
    assert isinstance(told, Unusable)
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        found = [(f.column, words.problem(f.problem, f.detail, f.other)[0]) for f in told.faults]
    assert found == [(column, problem)]


@then(parsers.parse('结果标明"{mark}"'))
def _(app, told, mark):
    named = "、".join(one["key"] for one in told["marks"] if one["unverified"])
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert str(words.UNVERIFIED) % {"what": named} == mark


@then(parsers.parse('不确定度为"{pct}"，扣减为"{deduction}"'))
def _(unsure, pct, deduction):
    known = None if isinstance(unsure, Unsure) else Decimal(repr(unsure.pct))
    taken = precision_deduction_pct(known, PARAMETERS)
    assert (UNKNOWN if known is None else f"{known:.1f}%") == pct
    assert (UNKNOWN if taken is None else f"{taken}%") == deduction


@then(parsers.parse("可签发{whole:d}吨二氧化碳当量"))
def _(certified, whole):
    assert certified == whole
