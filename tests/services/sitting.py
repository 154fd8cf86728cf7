"""What the tests of meetings and sittings say of a case again and again."""

import pytest

from registry import permissions
from registry.extensions import db
from registry.services import acts, facts


def stopped(world, case_id, action, who, **data):
    with pytest.raises(acts.Refused) as refused:
        world.act(case_id, action, who, **data)
    return [o.clause for o in refused.value.stopping]


def refused(world, meeting_id, action, who, **data):
    with pytest.raises(acts.Refused) as stop:
        world.in_meeting(meeting_id, action, who, **data)
    return [o.clause for o in stop.value.stopping]


def at_risk(world):
    return world.advance(world.draft(), "risk_review")


def count(world, case_id, who="secretary"):
    """(应到, 回避, 应到扣除回避, 实到)."""
    db.session.rollback()
    told = facts.sitting_facts(facts.open_sitting(case_id), world.user(who))
    return told.seats, told.recused, told.members, told.attending


def sees(world, case_id, who):
    return bool(permissions.find_case(world.user(who), frozenset(permissions.SEES), number=None, case_id=case_id))


def speak(world, case_id, *who, choice="for"):
    for member in who:
        world.act(case_id, "vote", member, choice=choice, reasons="理由充分")


def recuse(world, case_id, who, ground="other_tie"):
    world.act(case_id, "declare_recusal", who, ground=ground, words="")


def propose(world, case_id, who):
    data = {"member": world.people[who], "ground": "other_tie", "words": "有人反映"}
    world.act(case_id, "propose_recusal", "secretary", **data)


def decide(world, case_id, by, who, *, upheld=True):
    world.act(case_id, "decide_recusal", by, member=world.people[who], upheld=upheld, words="理由")


def leaves(world, meeting_id, *who):
    staying = [world.people[w] for w in world.voters if w not in who]
    world.in_meeting(meeting_id, "note_attendance", "secretary", present=staying)
