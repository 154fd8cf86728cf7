"""The planted bugs stay plantable: each patch applies to the tree as it is and names tests that are there."""

import re
import shutil
from pathlib import Path

import pytest

from tests import prove

ROOT = Path(__file__).parents[2]
ALL = prove.mutants()
PATCHED = re.compile(r"^\+\+\+ b/(\S+)$", re.M)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is missing, which applies the patches")
@pytest.mark.parametrize("mutant", ALL, ids=lambda m: m.name)
def test_a_planted_bug_applies_to_the_tree_as_it_is(mutant, tmp_path):
    for name in PATCHED.findall(mutant.patch.read_text(encoding="utf-8")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
        before = (ROOT / name).read_text(encoding="utf-8")
        assert prove.apply(mutant, tmp_path) == ""
        assert (tmp_path / name).read_text(encoding="utf-8") != before


@pytest.mark.parametrize("mutant", ALL, ids=lambda m: m.name)
def test_a_planted_bug_names_tests_that_are_there(mutant):
    for address in mutant.tests:
        file, _, name = address.partition("::")
        assert (ROOT / file).is_file(), address
        assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8") or not name, address


def test_at_least_a_dozen_bugs_are_planted():
    assert len(ALL) >= 12
