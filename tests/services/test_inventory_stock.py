"""The stock of an inventory comes from its rows, and is reckoned once for rows and parameters."""

from datetime import date
from types import SimpleNamespace

import pytest

from registry.queries.inventory_stock import KEYS, Standing
from registry.services import inventory_stock
from registry.services.inventory_stock import change_of, stock_of
from workflows.carbon import Coded, Columns, Parameters
from workflows.inventory import LandKind

P = Parameters.base(date(2026, 11, 20))


@pytest.fixture
def versions(monkeypatch):
    """Two surveys, five years apart: 50 and 60 m3 of cypress on a hectare; and the list of what was read."""
    read = []

    def standing(version_id):
        read.append(version_id)
        words = dict.fromkeys(KEYS, "甲") | {"age_group": "mature"}
        keys = {key: Coded.of([word]) for key, word in words.items()}
        return Standing(Columns(["350"], [1.0], [50.0 + 10 * version_id]), keys)

    inventory_stock._reckoned.cache_clear()
    monkeypatch.setattr(inventory_stock, "standing", standing)
    made = [
        SimpleNamespace(id=n, digest=f"{n}" * 64, surveyed_on=date(2020 + 5 * n, 1, 1), land_kind=LandKind.FOREST)
        for n in (0, 1)
    ]
    yield made, read
    inventory_stock._reckoned.cache_clear()


def test_the_rows_are_read_once(versions):
    (old, _new), read = versions
    assert stock_of(old, P) is stock_of(old, P)
    assert read == [0]


def test_a_change_stands_by_every_column_and_by_year(versions):
    told = change_of(*versions[0], P)
    assert set(told.by) == {"species_code", *KEYS}
    assert told.total.delta_tco2e == pytest.approx(94.438 / 5, abs=1e-3)
    assert told.total.tco2e_per_year == pytest.approx(94.438 / 25, abs=1e-2)
    assert [mark.key for mark in told.marks] == ["AR-CM-001-V01/350"]


def test_an_earlier_survey_is_no_later_one(versions):
    old, new = versions[0]
    with pytest.raises(ValueError, match="not later"):
        change_of(new, old, P)
