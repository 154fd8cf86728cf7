"""What is publicly known of the farm: dated, sourced, marked; and nothing calls its pilot a national one."""

from pathlib import Path

import pytest

from registry.config import ROOT
from workflows import pilot_facts
from workflows.policy import Confidence, PolicyError
from workflows.report_text import national

ALLOWED = {
    "workflows/policy/report.toml": "lists the words that may not be used",
    "workflows/policy/clauses/P.toml": "is the rule that forbids them",
    "features/pilot_report.feature": "fixes that rule",
    "workflows/facts/report.py": "names the document that would allow them",
    "workflows/rules/pilot_report.py": "judges by that document",
    "registry/services/reports.py": "looks whether it is on file",
}
READ = ("*.html", "*.toml", "*.po", "*.py", "*.md", "*.feature", "*.js", "*.svg", "*.json")
OURS = ("README.md", "CHANGELOG.md", "docs", "features", "registry", "templates", "workflows")
GOOD = pilot_facts.FILE.read_text(encoding="utf-8")


def texts() -> list[Path]:
    """Every text of the product that a reader may come to see."""
    roots = [ROOT / name for name in OURS]
    found = [p for root in roots if root.is_dir() for kind in READ for p in root.rglob(kind)]
    return [p for p in (*found, *(r for r in roots if r.is_file())) if "vendor" not in p.parts]


def test_no_text_of_the_product_calls_the_pilot_a_national_one():
    said = {str(p.relative_to(ROOT)): national(p.read_text(encoding="utf-8")) for p in texts()}
    assert len(said) > 400
    assert {name for name, words in said.items() if words} - set(ALLOWED) == set()
    assert all(said[name] for name in ALLOWED), "an exception is no longer needed"


def test_every_fact_has_both_languages_a_source_and_a_mark():
    facts = pilot_facts.pilot_facts()
    assert {f.confidence for f in facts} == {Confidence.SEEN, Confidence.UNSURE}
    cover = next(f for f in facts if f.key == "forest_cover")
    assert cover.text("value", "zh").startswith("80.2%")
    assert cover.text("year", "en") == "1990s to 2000s"
    missing = [f.key for f in facts if not f.value_zh]
    assert missing == ["farm_figures"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title_en = "Summit"\n', ""),
        ('year_en = "2018"\n', ""),
        ('confidence = "seen"', 'confidence = "sure"'),
        ('key = "summit"', 'key = "place"'),
        ('value_zh = "797种（木本234种，草本563种），分属131科452属"', 'value_zh = ""'),
        ('key = "plants"', 'name = "plants"'),
    ],
)
def test_a_fact_that_does_not_hold_together_is_refused(old, new):
    assert old in GOOD
    with pytest.raises(PolicyError, match="culai"):
        pilot_facts.read(GOOD.replace(old, new, 1))
