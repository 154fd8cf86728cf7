"""Rules of a sitting (domain.md §6, S09–S12): who stands aside, who presides, when and in which order to vote."""

from workflows.facts import MeetingFacts, ProjectFacts
from workflows.policy import Policy
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown
from workflows.states import MeetingState


@rule("S09")
def stands_aside_before_voting(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A member with an interest says so before giving an opinion; afterwards only a flaw can be found (S10)."""
    sitting = facts.sitting
    if sitting is None or not sitting.actor_is_elector:
        return unknown({"sitting": None})
    read = {"already_voted": sitting.actor_has_voted}
    return failed(read) if sitting.actor_has_voted else passed(read)


@rule("S12")
def presiding_member_last(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Who presides gives an opinion after everybody else in the room (重大行政决策程序暂行条例 art. 30)."""
    sitting = facts.sitting
    if sitting is None or not sitting.actor_presides:
        return not_applicable({"others": 0})
    read = {"others": sitting.others_to_speak}
    return failed(read) if sitting.others_to_speak else passed(read)


@rule("S65")
def recusal_of_a_member_entitled(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The secretary proposes for a member who has not voted; who presides decides, but not on oneself."""
    read = {"fits": facts.named_fits, "oneself": facts.names_oneself}
    if facts.named_fits is None:
        return unknown(read)
    return passed(read) if facts.named_fits and not facts.names_oneself else failed(read)


@rule("S66")
def question_put(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Opinions are given once who presides has put the question, so that a quorum is known first."""
    if facts.sitting is None:
        return unknown({"called": False})
    return passed({"called": True}) if facts.sitting.called else failed({"called": False})


@rule("S67")
def votes_in_the_room(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A member votes in person: nobody votes for another, nobody from outside."""
    if facts.sitting is None:
        return unknown({"attends": False})
    attends = facts.sitting.actor_attends
    return passed({"attends": True}) if attends else failed({"attends": False})


@rule("S68")
def meeting_still_to_be_held(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A case is tabled for a meeting that is planned or in session."""
    read = {"meeting": facts.meeting}
    if facts.meeting is None:
        return unknown(read)
    return passed(read) if facts.meeting in (MeetingState.PLANNED, MeetingState.IN_SESSION) else failed(read)


@rule("S69")
def question_can_be_put(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A question is put once, in a meeting that is in session."""
    if facts.sitting is None:
        return unknown({"meeting": facts.meeting})
    read = {"meeting": facts.meeting, "called": facts.sitting.called}
    ok = facts.meeting is MeetingState.IN_SESSION and not facts.sitting.called
    return passed(read) if ok else failed(read)


@rule("S70")
def question_of_the_state(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A sitting answers one question: the gate of the present state, or amendment, revocation, suspension."""
    read = {"fits": facts.question_fits}
    return passed(read) if facts.question_fits else failed(read)


@rule("S71")
def presides(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The chair presides; where the chair stands aside or is away, a deputy who attends."""
    if facts.actor_is_system:
        return not_applicable({"presides": False})
    if facts.sitting is None:
        return unknown({"presides": False})
    presiding = facts.sitting.actor_presides
    return passed({"presides": True}) if presiding else failed({"presides": False})


@rule("S75")
def flaw_of_a_decision(facts: ProjectFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A flaw is found in a decision that stands, and in the vote of somebody who gave one."""
    read = {"fits": facts.flaw_fits}
    if facts.flaw_fits is None:
        return unknown(read)
    return passed(read) if facts.flaw_fits else failed(read)


@rule("S76")
def seated_as_of_the_day(facts: ProjectFacts, policy: Policy) -> Said:
    """A group that has changed until the day of the meeting is seated anew before the vote; a quorum must be left."""
    needed = policy.figure("quorum_min", facts.on)
    read = {"item": facts.agenda_item, "members": facts.available_members}
    if facts.sitting is None or facts.sitting.called or not facts.seats_changed:
        return unknown(read)
    enough = facts.available_members >= int(needed.number)
    return passed(read, {needed.key: needed}) if enough else failed(read, {needed.key: needed})


@rule("S72")
def day_has_come(facts: MeetingFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A meeting is opened on its day, with something on its agenda."""
    read = {"held_on": facts.held_on, "items": facts.items}
    return passed(read) if facts.items and facts.held_on <= facts.on else failed(read)


@rule("S73")
def nothing_left_open(facts: MeetingFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A meeting ends, or is called off, when every item has been decided, adjourned or taken off."""
    read = {"items_open": facts.items_open}
    return failed(read) if facts.items_open else passed(read)
