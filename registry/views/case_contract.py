"""The contract desk of a case: what every clause on the contract found, with its working."""

from flask import g, render_template

from registry.queries import case_review
from registry.services.policy import current
from registry.views import case_words as words
from registry.views import contract_words as said
from registry.views.case import bp


@bp.get("/cases/<number>/contract")
def contract(number: str) -> str:  # noqa: ARG001 (the guard has loaded the case)
    """The contract check: findings by class, the promise, the wording, and the land held."""
    case, policy = g.case, current()
    known = words.facts_shown(case)
    facts = known.contract
    judged = said.outcomes(known, policy)
    inside = words.is_inside()
    partner = bool(facts and facts.has_partner)
    open_to_me = {b.action for b in words.buttons(case, known)}
    return render_template(
        "case/contract.html",
        case=case,
        partner=partner,
        partner_name=facts.partner if facts and partner else "",
        tally=said.tally(judged),
        groups=said.groups(judged, case),
        promise=said.promise(facts, policy) if facts and partner else None,
        parts=said.parts(facts.text, policy) if facts and facts.text else (),
        held=said.held(facts, policy) if facts and partner else None,
        inside=inside,
        answers=case_review.finding_answers(case) if inside else {},
        may_answer="answer_finding" in open_to_me,
    )
