"""The tree list of a plot as people write it: a line a tree, its diameter in cm, a space or comma, its species."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workflows.carbon.trees import LARGEST_CM

_LINE = re.compile(r"(?P<d>\S+?)(?:\s*[,;、]\s*|\s+)(?P<species>\S.*)")
_CM = re.compile(r"\d{1,4}(\.\d{1,2})?")


class TreeWhy(StrEnum):
    """What may be wrong with a line; a closed list, with its words in `registry/labels/carbon.py`."""

    NOT_TWO = "not_two"
    NO_DIAMETER = "no_diameter"
    TOO_THICK = "too_thick"
    UNKNOWN_SPECIES = "unknown_tree"


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree: diameter at breast height in cm, and the code of its species."""

    d_cm: Decimal
    species: str


@dataclass(frozen=True, slots=True)
class TreeFault:
    """A line that is no tree: its number from 1, why, and what stands there."""

    line: int
    why: TreeWhy
    detail: str


class TreeFaults(Exception):
    """Lines that cannot be read. None counts then: a plot without some of its trees holds less than was measured."""

    def __init__(self, faults: tuple[TreeFault, ...]) -> None:
        super().__init__("; ".join(f"line {f.line}: {f.why} {f.detail}" for f in faults[:20]))
        self.faults = faults


def read(text: str, species: Mapping[str, str]) -> tuple[Tree, ...]:
    """The trees of a list, in order; `species`: case-folded code, name or alias → code. Raises TreeFaults.

    Empty lines are nothing. Full-width signs are read as the signs they are. Whether a species has an equation is no
    matter of the list: what was measured is measured.
    """
    trees, faults = [], []
    for number, typed in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", typed).strip()
        if not line:
            continue
        found = _tree(line, species)
        if isinstance(found, Tree):
            trees.append(found)
        else:
            faults.append(TreeFault(number, *found))
    if faults:
        raise TreeFaults(tuple(faults))
    return tuple(trees)


def means(trees: Sequence[Tree]) -> tuple[Decimal, Decimal]:
    """The plain mean of the diameters of a list and their quadratic mean, which is that of the mean basal area (cm).

    Raises ValueError for a list without trees.
    """
    if not trees:
        raise ValueError("no trees have no mean")
    return (
        sum((tree.d_cm for tree in trees), Decimal(0)) / len(trees),
        (sum((tree.d_cm**2 for tree in trees), Decimal(0)) / len(trees)).sqrt(),
    )


def _tree(line: str, species: Mapping[str, str]) -> Tree | tuple[TreeWhy, str]:
    parts = _LINE.fullmatch(line)
    if parts is None:
        return TreeWhy.NOT_TWO, line
    if not _CM.fullmatch(parts["d"]) or not Decimal(parts["d"]):
        return TreeWhy.NO_DIAMETER, parts["d"]
    if (d_cm := Decimal(parts["d"])) > Decimal(LARGEST_CM):
        return TreeWhy.TOO_THICK, parts["d"]
    code = species.get(parts["species"].casefold())
    return Tree(d_cm, code) if code else (TreeWhy.UNKNOWN_SPECIES, parts["species"])
