"""The desk: what waits for me and nothing else, the cases I see, the notices I was sent."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry import permissions
from registry.extensions import db
from registry.models import Case, Notice
from registry.queries import cases as cases_of
from registry.queries.inbox import count_waiting, waiting
from registry.queries.paging import Place
from tests.clock import Clock
from tests.views.test_applicant import signed_in
from tests.world import World
from workflows.states import ProjectState

S = ProjectState


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def world(site: Flask) -> World:
    with site.app_context():
        return World()


def browser(site: Flask, world: World, who: str) -> FlaskClient:
    return signed_in(site.test_client(), world.people[who])


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.text
    return html.unescape(response.text)


def a_case(site: Flask, world: World, state: str, name: str = "North slope", scheme: str = "ccer") -> str:
    """A case carried to a state; its number."""
    with site.app_context():
        case_id = world.draft(scheme, basics={"name": name})
        if state != "draft":
            world.advance(case_id, state)
        return world.case(case_id).number or ""


def rows(text: str) -> list[str]:
    """The names in the list, in order."""
    return re.findall(r'<td role="cell"[^>]*class="first"[^>]*>(?:<div>)?<b><a href="[^"]*">([^<]*)</a>', text)


def test_an_empty_inbox_says_why_and_what_next(site: Flask, world: World) -> None:
    text = page(browser(site, world, "officer"), "/inbox")
    assert "Nothing waits for you" in text
    assert "A case appears here as soon as it is your turn" in text
    assert 'href="/cases"' in text
    assert 'href="/my"' in page(browser(site, world, "owner"), "/inbox")
    assert 'href="/my"' not in page(browser(site, world, "vvb"), "/inbox"), "no way to a page that would be empty"


def test_the_inbox_needs_a_sign_in(site: Flask) -> None:
    for path in ("/inbox", "/cases", "/notices"):
        assert site.test_client().get(path).status_code in (302, 401), path


def test_a_submitted_case_waits_for_the_officers_and_leads_to_its_page(site: Flask, world: World) -> None:
    number = a_case(site, world, "submitted")
    text = page(browser(site, world, "officer"), "/inbox")
    assert rows(text) == ["North slope"]
    assert f'href="/cases/{number}"' in text
    assert "Check the documents and decide on acceptance" in text
    assert "1 case waits for you." in text
    assert rows(page(browser(site, world, "supervisor"), "/inbox")) == []


def test_a_draft_waits_for_its_applicant_by_its_name(site: Flask, world: World) -> None:
    a_case(site, world, "draft", "South slope")
    text = page(browser(site, world, "owner"), "/inbox")
    assert rows(text) == ["South slope"]
    assert "Complete the application and submit it" in text
    assert rows(page(browser(site, world, "officer"), "/inbox")) == []


def test_filters_stand_in_the_address_and_the_counts_follow_them(site: Flask, world: World) -> None:
    a_case(site, world, "submitted", "North slope")
    a_case(site, world, "methodology_screening", "South slope")
    officer = browser(site, world, "officer")
    assert sorted(rows(page(officer, "/inbox"))) == ["North slope", "South slope"]
    assert rows(page(officer, "/inbox?state=submitted")) == ["North slope"]
    text = page(officer, "/inbox?q=south")
    assert rows(text) == ["South slope"]
    assert 'href="/inbox?q=south" aria-current="true">All<span class="count">1</span>' in text
    assert "No waiting case fits this filter" in page(officer, "/inbox?state=submitted&q=south")
    assert rows(page(officer, "/inbox?district=370911")) != []
    assert rows(page(officer, "/inbox?district=370902")) == []
    # What is not on a list is no filter, and no error.
    assert len(rows(page(officer, "/inbox?state=nonsense&district=1&page=999999999999"))) == 2


@pytest.mark.both_engines
def test_the_navigation_counts_what_the_inbox_shows(site: Flask, world: World) -> None:
    a_case(site, world, "submitted")
    a_case(site, world, "risk_review", "West slope")
    for who in ("officer", "officer2", "chair", "legal"):
        text = page(browser(site, world, who), "/inbox")
        shown = len(rows(text))
        with site.app_context():
            assert count_waiting(world.user(who)) == shown
        counted = re.search(r'<a href="/inbox"[^>]*>To do(?:<span class="count">(\d+))?', text)
        assert counted
        assert int(counted[1] or 0) == shown


def test_an_officer_who_signed_waits_for_the_other(site: Flask, world: World) -> None:
    a_case(site, world, "methodology_screening")
    with site.app_context():
        case_id = db.session.scalars(select(Case.id)).one()
        world.screen(case_id, "officer")
    assert rows(page(browser(site, world, "officer"), "/inbox")) == []
    assert "the second officer’s signature is missing" in page(browser(site, world, "officer2"), "/inbox")
    with site.app_context():
        world.screen(case_id, "officer2")
    assert "close the screening" in page(browser(site, world, "officer"), "/inbox")


@pytest.mark.both_engines
def test_an_answer_after_the_signature_brings_the_sheet_back(site: Flask, world: World, clock) -> None:
    a_case(site, world, "methodology_screening")
    with site.app_context():
        case_id = db.session.scalars(select(Case.id)).one()
        world.screen(case_id, "officer")
        clock.move(minutes=5)
        world.act(case_id, "answer_condition", "officer", answers={"A01": {"verdict": "not_met", "evidence": "x"}})
        assert [i.act for i in waiting(world.user("officer"))] == ["sign_screening"]


@pytest.mark.both_engines
def test_votes_wait_for_members_and_the_decision_for_the_chair(site: Flask, world: World) -> None:
    a_case(site, world, "risk_review")
    with site.app_context():
        case_id = db.session.scalars(select(Case.id)).one()
        meeting_id = world.table(case_id)
        assert [i.act for i in waiting(world.user("chair"))] == ["call_vote"]  # the day of the meeting has come
        assert waiting(world.user("officer")) == waiting(world.user("member1")) == []
        world.convene(meeting_id, *world.voters[:6])
        world.act(case_id, "call_vote", "chair")
        assert [i.act for i in waiting(world.user("member1"))] == ["vote"]
        assert waiting(world.user("member7")) == []  # not in the room
        assert waiting(world.user("chair")) == []  # who presides comes last
        for who in world.voters[1:6]:
            world.act(case_id, "vote", who, choice="for", reasons="ok")
        assert [i.act for i in waiting(world.user("chair"))] == ["vote"]
        world.act(case_id, "vote", "chair", choice="for", reasons="ok")
        assert [i.act for i in waiting(world.user("chair"))] == ["approve_risk"]
        assert waiting(world.user("deputy")) == []


def test_a_count_without_a_majority_is_named_so(site: Flask, world: World) -> None:
    a_case(site, world, "risk_review")
    with site.app_context():
        world.vote(db.session.scalars(select(Case.id)).one(), 4, 5)
    assert "without a majority" in page(browser(site, world, "chair"), "/inbox")


def test_validation_waits_for_the_body_then_the_bureau_then_the_officer(
    site: Flask, world: World, clock: Clock
) -> None:
    a_case(site, world, "validation", scheme="local_ticket")
    with site.app_context():
        case_id = db.session.scalars(select(Case.id)).one()

        def acts() -> dict[str, list[str]]:
            return {who: [i.act for i in waiting(world.user(who))] for who in ("vvb", "eco", "officer")}

        assert acts() == {"vvb": ["file_validation"], "eco": ["give_environment_opinion"], "officer": ["open_notice"]}
        world.validate(case_id)
        assert acts() == {"vvb": [], "eco": ["give_environment_opinion"], "officer": ["open_notice"]}
        world.act(case_id, "give_environment_opinion", "eco", conclusion="favourable", words="x")
        assert acts() == {"vvb": [], "eco": [], "officer": ["open_notice"]}
        world.put_on_notice(case_id)
        assert acts() == {"vvb": [], "eco": [], "officer": ["pass_validation"]}


def test_a_closed_account_has_no_inbox(site: Flask, world: World) -> None:
    a_case(site, world, "submitted")
    with site.app_context():
        officer = world.user("officer")
        officer.active = False
        assert waiting(officer) == []
        assert waiting(None) == []
        db.session.rollback()


def test_every_line_of_the_case_list_is_a_visible_case(site: Flask, world: World) -> None:
    for state in ("draft", "submitted", "validation"):
        a_case(site, world, state, f"Slope {state}")
    for who in ("officer", "legal", "eco", "member1", "auditor"):
        shown = set(rows(page(browser(site, world, who), "/cases")))
        with site.app_context():
            seen = db.session.scalars(permissions.visible_cases(world.user(who))).all()
            assert shown == {c.name for c in seen}, who
    assert "Slope draft" not in page(browser(site, world, "officer"), "/cases")


def test_the_case_list_is_for_the_desk(site: Flask, world: World) -> None:
    for who in ("owner", "vvb", "administrator", "stranger"):
        assert browser(site, world, who).get("/cases").status_code == 403, who


@pytest.mark.both_engines
def test_the_case_list_filters_counts_and_sums(site: Flask, world: World) -> None:
    a_case(site, world, "submitted", "North slope")
    a_case(site, world, "methodology_screening", "South slope", scheme="local_ticket")
    officer = browser(site, world, "officer")
    text = page(officer, "/cases")
    assert "1,200 mu (80 ha) in all".replace(" mu", "\u00a0mu").replace(" ha", "\u00a0ha") in text
    assert rows(page(officer, "/cases?scheme=local_ticket")) == ["South slope"]
    assert rows(page(officer, "/cases?state=submitted")) == ["North slope"]
    assert rows(page(officer, "/cases?q=%25")) == []  # a wildcard is a sign like any other
    text = page(officer, "/cases?q=示例林业公司&state=submitted")
    assert rows(text) == ["North slope"]
    assert '>All<span class="count">2</span>' in text


def test_the_case_list_has_pages(site: Flask, world: World) -> None:
    for n in range(3):
        a_case(site, world, "submitted", f"Slope {n}")
    with site.app_context():
        user = world.user("officer")
        first = cases_of.listed(user, cases_of.Chosen(), size=2)
        second = cases_of.listed(user, cases_of.Chosen(), place=Place(2, after=first.after), size=2)
        assert ([len(p.items) for p in (first, second)], first.total, first.pages) == ([2, 1], 3, 2)
        assert not {c.id for c in first.items} & {c.id for c in second.items}


def test_notices_come_newest_first_and_are_marked_read(site: Flask, world: World) -> None:
    number = a_case(site, world, "methodology_screening")
    owner = browser(site, world, "owner")
    text = page(owner, "/notices")
    assert "The application was accepted" in text
    assert f'href="/cases/{number}"' in text
    assert "1 notice is new." in text
    newest = re.search(r'name="upto" value="(\d+)"', text)
    assert newest
    assert owner.post("/notices", data={"upto": newest[1]}).status_code == 302
    assert "You have read everything." in page(owner, "/notices")


def test_a_notice_that_came_later_stays_new_and_others_are_not_touched(site: Flask, world: World) -> None:
    a_case(site, world, "risk_review")
    with site.app_context():
        case_id = db.session.scalars(select(Case.id)).one()
        world.table(case_id)
    owner = browser(site, world, "owner")
    with site.app_context():
        mine = select(Notice.id).where(Notice.user_id == world.people["owner"]).order_by(Notice.id)
        ids = list(db.session.scalars(mine))
    owner.post("/notices", data={"upto": ids[0]})
    with site.app_context():
        left = select(Notice).where(Notice.read_at.is_(None))
        unread = list(db.session.scalars(left))
        assert {n.id for n in unread if n.user_id == world.people["owner"]} == set(ids[1:])
        assert any(n.user_id == world.people["member1"] for n in unread)
    assert owner.post("/notices", data={"upto": "x"}).status_code == 302
    assert owner.post("/notices", data={"upto": "9" * 30}).status_code == 302


def test_without_notices_the_page_says_when_they_come(site: Flask, world: World) -> None:
    assert "You have no notices" in page(browser(site, world, "stranger"), "/notices")


def test_a_notice_on_a_case_no_longer_seen_names_nothing(site: Flask, world: World) -> None:
    from registry.extensions import writing
    from registry.models import Membership

    number = a_case(site, world, "methodology_screening", "Secret slope")
    with site.app_context(), writing():
        for row in db.session.scalars(select(Membership).where(Membership.user_id == world.people["owner"])):
            db.session.delete(row)
    text = page(browser(site, world, "owner"), "/notices")
    assert "A case you no longer see" in text
    assert "Secret slope" not in text
    assert number not in text
