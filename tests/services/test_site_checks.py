"""Site checks signed by two, and the time of a legal review, down to the days of the calendar."""

import io
from datetime import UTC, date, datetime

import pytest

from registry import storage
from registry.clock import now, today
from registry.extensions import db
from registry.models import SiteCheck, SiteCheckSignature
from registry.services import acts, audit, case_files, facts
from registry.services.policy import current
from tests.world import PARCEL, PDF, World

SAID = {"visited_on": date(2026, 2, 27), "place": "东坡", "who_went": "经办人二人", "observed": "荒草坡，界桩齐全"}
COLLECTIVE = {"parcels": [{**PARCEL, "tenure": "collective_managed"}]}


@pytest.fixture
def world(app, clock) -> World:
    return World()


@pytest.fixture
def case_id(world: World) -> int:
    """A case whose sheet two officers signed, so that only a site check can be wanting."""
    number = world.advance(world.draft(), "methodology_screening")
    world.screen(number)
    return number


def stopped(world: World, case_id: int, action: str, who: str, **data: object) -> list[str]:
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, action, who, **data)
    return [o.clause for o in refused.value.stopping]


def record(world: World, case_id: int, who: str = "officer", **changed: object) -> SiteCheck:
    world.act(case_id, "record_site_check", who, **(SAID | changed))
    return db.session.query(SiteCheck).order_by(SiteCheck.id.desc()).first()


# Site checks --------------------------------------------------------------------------------------------


def test_a_record_needs_a_second_officer_before_the_screening_closes(world, case_id):
    row_id = record(world, case_id).id
    assert stopped(world, case_id, "pass_screening", "officer") == ["S08b"]
    assert stopped(world, case_id, "sign_site_check", "officer", site_check_id=row_id) == ["S08c"]
    world.act(case_id, "sign_site_check", "officer3", site_check_id=row_id)
    world.act(case_id, "pass_screening", "officer")
    assert world.case(case_id).state == "risk_review"
    assert audit.verify()[1] is None


def test_each_record_needs_its_own_signatures(world, case_id):
    first = record(world, case_id).id
    second = record(world, case_id, "officer2", place="西坡").id
    world.act(case_id, "sign_site_check", "officer2", site_check_id=first)
    assert stopped(world, case_id, "pass_screening", "officer") == ["S08b"]
    world.act(case_id, "sign_site_check", "officer", site_check_id=second)
    world.act(case_id, "pass_screening", "officer")


def test_a_change_voids_every_signature_and_keeps_what_stood_before(world, case_id):
    first = record(world, case_id).id
    world.act(case_id, "sign_site_check", "officer2", site_check_id=first)
    changed = record(world, case_id, "officer2", observed="界桩缺一处", corrects=first)
    assert (changed.no, changed.version) == (1, 2)
    changed_id = changed.id
    assert stopped(world, case_id, "pass_screening", "officer") == ["S08b"]
    assert stopped(world, case_id, "sign_site_check", "officer3", site_check_id=first) == ["S08c"]
    world.act(case_id, "sign_site_check", "officer", site_check_id=changed_id)
    world.act(case_id, "pass_screening", "officer")
    assert db.session.get_one(SiteCheck, first).observed == SAID["observed"]
    assert db.session.query(SiteCheckSignature).count() == 4


def test_a_signature_on_a_page_made_before_a_change_is_stale(world, case_id):
    first = record(world, case_id).id
    seen = world.case(case_id).version
    record(world, case_id, corrects=first)
    by, data = world.user("officer2"), {"site_check_id": first}
    with pytest.raises(acts.Stale):
        acts.act(("project", case_id), "sign_site_check", by=by, at=now(), seen=seen, data=data)


def test_a_record_that_is_not_in_force_is_not_changed(world, case_id):
    first = record(world, case_id).id
    record(world, case_id, corrects=first)
    for other in (first, 999):
        with pytest.raises(ValueError, match="in force"):
            record(world, case_id, corrects=other)
    assert db.session.query(SiteCheck).count() == 2


def test_photos_stay_with_the_record_through_its_changes_and_stand_in_its_digest(world, case_id):
    def photo(content: bytes) -> int:
        stored = storage.put(io.BytesIO(content), "a.pdf")
        return case_files.file_paper(case_id, "site_check", "a.pdf", stored, by=world.user("officer"), at=now())

    one, two = photo(PDF), photo(PDF.replace(b"1.4", b"1.5"))
    first = record(world, case_id, document_ids=[one])
    before, first_id = first.record_digest, first.id
    second = record(world, case_id, corrects=first_id, document_ids=[two])
    assert [p.document_id for p in second.papers] == [one, two]
    assert second.record_digest != before


def test_a_site_check_of_an_earlier_round_asks_nothing_of_a_later_one(world, case_id):
    record(world, case_id)
    faults = [{"field": "basics.contact_phone", "what": "请改正"}]
    world.act(case_id, "request_correction", "officer", faults=faults)
    world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-4"})
    world.act(case_id, "resubmit", "owner")
    assert facts.site_checks(case_id, 2) == {}
    assert record(world, case_id).no == 2


# Legal review -------------------------------------------------------------------------------------------


def reviewed(world: World, clock, sent: datetime, **said: object) -> int:
    """A case with collective land, sent for review on a day, with a favourable opinion."""
    clock.set(sent)
    case_id = world.advance(world.draft(parcels=COLLECTIVE), "risk_review")
    world.act(case_id, "send_for_legal_review", "officer")
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="程序齐全", **said)
    return case_id


def at_nine(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "sixth", "seventh"),
    [
        # Monday; the seventh whole working day is Wednesday the 11th.
        (at_nine(2026, 3, 2), at_nine(2026, 3, 11), at_nine(2026, 3, 12)),
        # Before the Spring Festival: Saturday the 14th and Saturday the 28th are worked, the 15th to the 23rd are off.
        (at_nine(2026, 2, 13), at_nine(2026, 3, 2), at_nine(2026, 3, 3)),
        # Over the National Day: from the 1st to the 7th nobody works, on Saturday the 10th everybody.
        (at_nine(2026, 9, 28), at_nine(2026, 10, 13), at_nine(2026, 10, 14)),
    ],
)
def test_a_review_has_seven_whole_working_days_of_the_calendar(world, clock, sent, sixth, seventh):
    case_id = reviewed(world, clock, sent)
    clock.set(sixth)
    assert facts.project_facts(world.case(case_id), current(), today()).legal_working_days == 6
    assert stopped(world, case_id, "table", "secretary", meeting=world.meeting()) == ["S18"]
    clock.set(seventh)
    world.table(case_id)


def test_the_reviewer_may_say_that_the_time_was_enough(world, clock):
    case_id = reviewed(world, clock, at_nine(2026, 3, 2), time_sufficient=True)
    world.table(case_id)


def test_a_later_opinion_without_that_word_takes_it_back(world, clock):
    case_id = reviewed(world, clock, at_nine(2026, 3, 2), time_sufficient=True)
    world.act(case_id, "give_legal_opinion", "legal", conclusion="favourable", words="补充意见")
    assert stopped(world, case_id, "table", "secretary", meeting=world.meeting()) == ["S18"]


def test_the_time_runs_to_the_tabling_not_to_the_decision(world, clock):
    case_id = reviewed(world, clock, at_nine(2026, 3, 2))
    clock.set(at_nine(2026, 3, 12))
    world.vote(case_id, 8)
    clock.move(days=30)
    known = facts.project_facts(world.case(case_id), current(), today())
    assert known.legal_working_days == 7
    world.act(case_id, "approve_risk", "chair", words="同意")


def test_nothing_is_sent_for_review_while_the_case_is_tabled(world, clock):
    case_id = reviewed(world, clock, at_nine(2026, 3, 2), time_sufficient=True)
    world.table(case_id)
    assert stopped(world, case_id, "send_for_legal_review", "officer") == ["S43"]


def test_a_review_holds_as_long_as_the_risk_review_it_was_made_for(world, clock):
    case_id = reviewed(world, clock, at_nine(2026, 3, 2))
    clock.set(at_nine(2026, 3, 12))
    world.advance(case_id, "validation")
    faults = [{"field": "basics.contact_phone", "what": "请改正"}]
    world.act(case_id, "request_correction", "officer", faults=faults)
    world.save(case_id, "basics", {**facts.answers_of(case_id, 1)["basics"], "contact_phone": "0538-4"})
    world.act(case_id, "resubmit", "owner")
    assert world.case(case_id).round == 2
    world.advance(case_id, "registered")
