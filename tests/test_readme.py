"""What the README draws from the code is what the code says today."""

import re

from registry.cli.docs import README, drawn


def test_the_lifecycle_diagram_is_the_tables():
    text = README.read_text(encoding="utf-8")
    assert "stateDiagram-v2" in text
    assert drawn(text) == text, "run `flask draw-lifecycle`"


def test_every_picture_of_the_tour_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert pictures
    assert [p for p in pictures if not (README.parent / p).is_file()] == []
