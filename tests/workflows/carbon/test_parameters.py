"""Parameters are dated data: a new value leaves the old survey as it was."""

from datetime import date
from decimal import Decimal
from shutil import copytree

import pytest

from workflows.carbon import Parameters
from workflows.carbon.parameters import PLACE
from workflows.policy.values import PolicyError

ON = date(2026, 11, 20)
METHOD = "AR-CM-001-V01"
LATER = """
[[factors]]
species = ["350"]
since = 2027-01-01
wd = 0.5
bef = 1.7
r = 0.2
cf = 0.5
confidence = "seen"
source_zh = "附表核对稿"
source_en = "The annex, compared"
"""


@pytest.fixture
def amended(tmp_path):
    place = copytree(PLACE, tmp_path / "carbon")
    path = place / f"{METHOD}.toml"
    path.write_text(path.read_text("utf-8") + LATER, "utf-8")
    return place


def test_a_value_holds_from_its_day_and_the_old_one_before(amended):
    before, after = (Parameters.read(amended, day, METHOD) for day in (ON, date(2027, 1, 1)))
    assert (before.factors["350"].wd, after.factors["350"].wd) == (Decimal("0.478"), Decimal("0.5"))
    assert (before.factors["350"].mark.unverified, after.factors["350"].mark.unverified) == (True, False)


def test_a_result_is_told_apart_by_what_it_was_reckoned_with(amended):
    base = Parameters.base(ON)
    assert base.revision == Parameters.base(ON).revision == Parameters.read(amended, ON, METHOD).revision
    assert base.revision != Parameters.read(amended, date(2027, 1, 1), METHOD).revision


def test_every_species_of_the_surveys_has_one_meaning():
    assert {Parameters.base(ON).code(word) for word in ("侧柏", "柏类", "350", " Cypress ")} == {"350"}
    assert Parameters.base(ON).code("火星树") is None


def test_a_name_that_means_two_species_is_refused(tmp_path):
    place = copytree(PLACE, tmp_path / "carbon")
    path = place / "species.toml"
    path.write_text(path.read_text("utf-8").replace('"麻栎"', '"侧柏"'), "utf-8")
    with pytest.raises(PolicyError, match="侧柏"):
        Parameters.read(place, ON, METHOD).code("侧柏")


def test_factors_of_a_species_nobody_knows_are_refused(amended):
    path = amended / f"{METHOD}.toml"
    path.write_text(path.read_text("utf-8").replace('species = ["350"]', 'species = ["999"]'), "utf-8")
    with pytest.raises(PolicyError, match="999"):
        Parameters.read(amended, ON, METHOD)


def test_a_method_without_parameters_is_named():
    with pytest.raises(KeyError, match="CCER-14-099"):
        Parameters.base(ON, "CCER-14-099")


def test_a_proxy_is_named_as_one():
    walnut = Parameters.base(ON).factors["TA-HT"]
    assert (walnut.mark.proxy_of, walnut.wd) == ("490", Parameters.base(ON).factors["490"].wd)
