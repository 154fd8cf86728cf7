"""What the README draws from the code is what the code says today."""

import re

from registry.cli.docs import BLOCK, DRAWN, README, drawn
from registry.config import ROOT
from registry.demo.people import read


def test_the_lifecycle_diagrams_are_the_tables():
    text = README.read_text(encoding="utf-8")
    assert {name for _mark, name, _end in BLOCK.findall(text)} == set(DRAWN)
    assert text.count("stateDiagram-v2") == len(DRAWN)
    assert drawn(text) == text, "run `flask draw-lifecycle`"


def test_a_step_that_the_readme_lacks_is_found():
    text = README.read_text(encoding="utf-8")
    assert drawn(text.replace(" : submit\n", " : hand_in\n")) != text.replace(" : submit\n", " : hand_in\n")


def test_every_demo_person_and_every_room_is_named():
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+\d?)`", text))
    for word, first, last in re.findall(r"`([a-z]+)(\d)` … `[a-z]+(\d)`", text):
        named |= {f"{word}{n}" for n in range(int(first), int(last) + 1)}
    people = [*read("people.toml")["person"], *read("experts.toml")["expert"]]
    assert {person["login"] for person in people} - named == set()
    house = text.partition("## The house")[2]
    for room in ("workflows", "registry", "templates", "migrations", "features", "tests", "bench", "docs"):
        assert (ROOT / room).is_dir()
        assert re.search(rf"^{room}/ ", house, re.MULTILINE), room
    rooms = {p.parent.name for p in (ROOT / "registry").glob("*/__init__.py")}
    assert {r for r in rooms if not re.search(rf"^ +(\w+/ )*{r}/ ", house, re.MULTILINE)} == set()


def test_every_picture_of_the_tour_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert pictures
    assert [p for p in pictures if not (README.parent / p).is_file()] == []
