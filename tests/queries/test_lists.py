"""Long lists: what is counted by triggers is what is there, every word is found, and pages follow one another."""

import re
from collections import Counter
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text

from registry.extensions import db, writing
from registry.models import Case, CaseCount, CaseWords, Organisation, User
from registry.models.lists import AREA_SCALE
from registry.permissions import visible_cases
from registry.queries import cases, nav, public, search
from registry.queries.cases import Chosen
from registry.queries.paging import Place, page_in_order
from tests import factories
from tests.clock import Clock
from tests.world import World
from workflows.roles import Role
from workflows.states import ProjectState, Scheme

pytestmark = pytest.mark.both_engines

NAMES = ("徂徕山造林项目", "泰山Oak项目100%")


@pytest.fixture
def library(app: Flask, clock: Clock) -> World:
    """Two entries, one submitted case, one draft. It is dear: what can be asked of the same one is asked together."""
    world = World()
    for name in NAMES:
        world.advance(world.draft(basics={"name": name}), "registered")
    world.advance(world.draft("local_ticket", basics={"name": "柏洼林场"}), "submitted")
    world.draft()
    return world


def recounted() -> Counter[tuple[int, str, str, str, int]]:
    found: Counter[tuple[int, str, str, str, int]] = Counter()
    for c in db.session.scalars(select(Case)):
        found[c.body_id, c.state, c.scheme or "", c.district_code or "", int(c.registered_on is not None)] += 1
    return found


def kept() -> dict[tuple[int, str, str, str, int], int]:
    rows = db.session.scalars(select(CaseCount).where(CaseCount.cases != 0))
    return {(r.body_id, r.state, r.scheme, r.district_code, r.entered): r.cases for r in rows}


def seen(world: World, who: str) -> list[Case]:
    return list(db.session.scalars(visible_cases(world.user(who))))


def test_what_the_database_keeps_of_the_cases_is_what_is_there(library: World) -> None:
    assert kept() == recounted()
    areas = sum(r.area_scaled for r in db.session.scalars(select(CaseCount)))
    assert Decimal(areas) / AREA_SCALE == sum(c.area_mu or 0 for c in db.session.scalars(select(Case)))
    # The day of entry comes with the registration, and nobody sets it.
    assert {c.name for c in db.session.scalars(select(Case).where(Case.registered_on.is_not(None)))} == set(NAMES)
    for change in ("UPDATE cases SET registered_on = '2020-01-01'", "UPDATE cases SET registered_on = NULL"):
        db.session.rollback()
        with pytest.raises(Exception, match="day of entry"), db.engine.begin() as connection:
            connection.execute(text(f"{change} WHERE registered_on IS NOT NULL"))


def test_the_search_finds_what_a_look_at_every_project_finds(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index only narrows down: nothing is lost by it, and nothing it finds is shown unless it fits."""
    farm = db.session.get_one(Organisation, library.org).name
    entered = db.session.scalars(select(Case).where(Case.registered_on.is_not(None)))
    said = {c.project_number: f"{c.name}\n{c.project_number}\n{farm}".lower() for c in entered}
    numbers = ("0001", "001", "00", "1", "370", "37091", "-0001", "TA-CCER", "ccer-37", "00019")
    for q in ("徂徕", "徂", "林", "造林项目", "OAK", "oak项目", "100%", "100%x", "示例林业", "%", "没有", *numbers):
        expected = {number for number, words in said.items() if q.lower() in words}
        for rare in (search.RARE, 0):  # as in a small library, and as if every entry were a common one
            with monkeypatch.context() as changed:
                changed.setattr(search, "RARE", rare)
                assert {row.project_number for row in public.projects(q=q).items} == expected, (q, rare)
    with monkeypatch.context() as changed:
        changed.setattr(search, "FOUND", 1)
        page = public.projects(q="项目")
        assert (len(page.items), page.total, page.more) == (1, 1, True)
        assert not public.projects(q="徂徕").more
    with writing():
        db.session.get_one(Organisation, library.org).name = "岱岳苗圃"
    assert public.projects(q="岱岳苗圃").total == len(NAMES)
    assert public.projects(q="示例林业").total == 0
    assert all("岱岳苗圃" in words for words in db.session.scalars(select(CaseWords.words)))


def test_the_index_of_words_holds_every_pair_and_every_run_of_digits(library: World) -> None:
    """Through a change of a name too: what no longer stands in the words is no longer in the index."""

    def listed() -> set[tuple[str, int]]:
        return {(gram, case) for gram, case in db.session.execute(text("SELECT gram, case_id FROM case_search"))}

    def said() -> set[tuple[str, int]]:
        found = set()
        for row in db.session.scalars(select(CaseWords)):
            for n in range(len(row.words)):
                found.add((row.words[n : n + 2], row.case_id))
                if run := re.match("[0-9]{3,}", row.words[n:]):
                    found.add((run[0], row.case_id))
        return found

    before = listed()
    assert before == said()
    with writing():
        db.session.get_one(Organisation, library.org).name = "岱岳苗圃2026"
    assert listed() == said() != before


def test_pages_by_cursor_hold_every_project_once_in_the_order_of_the_list(
    library: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row.project_number for row in public.projects().items]
    first = public.projects(size=1)
    second = public.projects(size=1, place=Place(2, after=first.after))
    assert [p.items[0].project_number for p in (first, second)] == whole
    assert (second.no, second.pages, second.total, second.first) == (2, 2, 2, 2)
    entered = select(Case).where(Case.registered_on.is_not(None))
    backwards = page_in_order(entered, public.ORDER, Place(2, before=second.after), 3, 1)
    assert [c.project_number for c in backwards.items] == whole[:1]
    for cursor in ("", "x", "~", "2026-02-30~TA", "2026-01-01~\x00", "2026-01-01~a~b"):  # such a one is passed over
        assert public.projects(size=1, place=Place(2, after=cursor)).items == second.items
    # A member sees what they sit on: beyond a number that is not counted, but the pages go on.
    monkeypatch.setattr(cases, "COUNTED", 1)
    member, numbers, place = library.user("member1"), [], Place()
    for _ in NAMES:
        page = cases.listed(member, Chosen(), size=1, place=place)
        assert (page.total, page.more) == (1, True)
        numbers += [c.number for c in page.items]
        place = Place(page.no + 1, after=page.after)
    assert len(set(numbers)) == len(NAMES)


def test_the_sums_are_those_of_the_cases_a_person_sees(library: World) -> None:
    for who in ("officer", "chair", "eco", "legal", "auditor", "member1", "deputy", "secretary"):
        mine = seen(library, who)
        sums = cases.sums(library.user(who), Chosen())
        assert sums.by_state == Counter(c.state for c in mine), who
        assert (sums.cases, sums.area_mu) == (len(mine), sum((c.area_mu or Decimal(0)) for c in mine)), who
        tickets = cases.sums(library.user(who), Chosen(scheme=Scheme.LOCAL_TICKET)).cases
        assert tickets == sum(c.scheme is Scheme.LOCAL_TICKET for c in mine), who
    # An officer of the applicant's own: the office sees none of its cases, the membership sees all, the draft too.
    factories.belongs(library.people["officer"], library.org)
    mine = seen(library, "officer")
    assert ProjectState.DRAFT in {c.state for c in mine}
    assert cases.sums(library.user("officer"), Chosen()).by_state == Counter(c.state for c in mine)
    elsewhere = factories.an_appointee(factories.a_body(), Role.CASE_OFFICER)
    assert cases.sums(db.session.get_one(User, elsewhere), Chosen()).cases == 0
    assert nav.has_own_projects(library.user("owner"))
    assert not nav.has_own_projects(library.user("secretary"))
