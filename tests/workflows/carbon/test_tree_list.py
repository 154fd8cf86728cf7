"""A tree list is read whole or not at all, and each line that is no tree is named."""

from decimal import Decimal

import pytest

from workflows.carbon.tree_list import Tree, TreeFault, TreeFaults, TreeWhy, read
from workflows.inventory import layout

SPECIES = layout().species


def test_a_line_is_a_diameter_and_a_species_by_name_alias_or_code():
    trees = read("12.3 侧柏\n\n10，赤松\n １４．５\t465 \n9; Platycladus orientalis\n8、栎类", SPECIES)
    assert trees == (
        Tree(Decimal("12.3"), "350"),
        Tree(Decimal(10), "180"),
        Tree(Decimal("14.5"), "465"),
        Tree(Decimal(9), "350"),
        Tree(Decimal(8), "410"),
    )


def test_an_empty_list_has_no_tree():
    assert read(" \n\n", SPECIES) == ()


@pytest.mark.parametrize(
    ("line", "why", "detail"),
    [
        ("12.3", TreeWhy.NOT_TWO, "12.3"),
        ("侧柏", TreeWhy.NOT_TWO, "侧柏"),
        ("12.3侧柏", TreeWhy.NOT_TWO, "12.3侧柏"),
        ("侧柏 12.3", TreeWhy.NO_DIAMETER, "侧柏"),
        ("12.3cm 侧柏", TreeWhy.NO_DIAMETER, "12.3cm"),
        ("-12.3 侧柏", TreeWhy.NO_DIAMETER, "-12.3"),
        ("0 侧柏", TreeWhy.NO_DIAMETER, "0"),
        ("nan 侧柏", TreeWhy.NO_DIAMETER, "nan"),
        ("1e2 侧柏", TreeWhy.NO_DIAMETER, "1e2"),
        ("300.1 侧柏", TreeWhy.TOO_THICK, "300.1"),
        ("12.3 不知名树", TreeWhy.UNKNOWN_SPECIES, "不知名树"),
        # A comma for a point would be a tree of 12 cm.
        ("12,3 侧柏", TreeWhy.UNKNOWN_SPECIES, "3 侧柏"),
    ],
)
def test_a_line_that_is_no_tree_is_named(line, why, detail):
    with pytest.raises(TreeFaults) as found:
        read(f"10 侧柏\n\n{line}\n11 侧柏", SPECIES)
    assert found.value.faults == (TreeFault(3, why, detail),)


def test_every_line_that_is_no_tree_is_named():
    with pytest.raises(TreeFaults) as found:
        read("x 侧柏\n10 侧柏\n11 无此树", SPECIES)
    assert [fault.line for fault in found.value.faults] == [1, 3]
