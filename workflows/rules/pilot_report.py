"""Rules of a pilot report (P20–P39): its figures agree, others judge it than wrote it, it claims no more than is so."""

from workflows import report_text
from workflows.facts import PilotFacts, ReportFacts
from workflows.policy import Policy
from workflows.report_tables import jumps, off_sums, outside, unhandled
from workflows.rules.outcome import Said, failed, not_applicable, passed, rule, unknown
from workflows.states import PeriodKind


@rule("P20")
def sums_agree(facts: ReportFacts, policy: Policy) -> Said:
    """Totals are what their rows come to, and tables 1 and 2 speak of the same forest."""
    tolerance = policy.figure("report_sum_tolerance", facts.end)
    found = off_sums(facts.tables, tolerance.number)
    read, figures = {"places": found}, {"report_sum_tolerance": tolerance}
    return failed(read, figures) if found else passed(read, figures)


@rule("P21")
def jumps_are_explained(facts: ReportFacts, policy: Policy) -> Said:
    """A total that moved far from the last period has a remark that says why."""
    most = policy.figure("report_jump_pct", facts.end)
    far = jumps(facts.tables, facts.before, most.number)
    found = tuple(spot for spot in far if not facts.remarks.get(spot, "").strip())
    read, figures = {"places": found}, {"report_jump_pct": most}
    if not facts.before:
        return not_applicable(read, figures)
    return failed(read, figures) if found else passed(read, figures)


@rule("P22")
def plots_are_measured(facts: ReportFacts, policy: Policy) -> Said:
    """Every plot was measured within the years in which plots are measured again."""
    years = policy.figure("plot_remeasure_years", facts.end)
    read, figures = {"plots": facts.plots_overdue}, {"plot_remeasure_years": years}
    if facts.kind is not PeriodKind.YEAR:
        return not_applicable(read, figures)
    if facts.plots_overdue is None:
        return unknown(read, figures)
    return failed(read, figures) if facts.plots_overdue else passed(read, figures)


@rule("P23")
def days_in_the_period(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """What is reported happened in the period."""
    found = outside(facts.tables, facts.start, facts.end)
    read = {"places": found, "start_on": facts.start, "end_on": facts.end}
    return failed(read) if found else passed(read)


@rule("P24")
def losses_are_handled(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Of every loss it is said what was done."""
    found = unhandled(facts.tables)
    return failed({"places": found}) if found else passed({"places": found})


@rule("P25")
def chapters_are_written(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """No chapter is left empty."""
    empty = sum(1 for text in facts.chapters.values() if not text.strip())
    read = {"chapters_empty": empty}
    if not facts.chapters:
        return unknown(read)
    return failed(read) if empty else passed(read)


@rule("P26")
def reviewed_by_another(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Whoever wrote a report does not review it."""
    read = {"own": facts.actor_wrote}
    return failed(read) if facts.actor_wrote else passed(read)


@rule("P27")
def approved_by_another(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Whoever wrote or reviewed a report does not approve it."""
    read = {"own": facts.actor_wrote or facts.actor_reviewed}
    return failed(read) if facts.actor_wrote or facts.actor_reviewed else passed(read)


@rule("P28")
def unverified_is_answered_for(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Where a table rests on a parameter nobody has verified, the chair says in a note why it may be published."""
    marked = tuple(str(table.no) for table in facts.tables if table.marked)
    read = {"tables": marked, "note": bool(facts.chairs_note.strip())}
    if not marked:
        return not_applicable(read)
    return passed(read) if facts.chairs_note.strip() else failed(read)


@rule("P29")
def claims_no_national_pilot(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Nothing written in it calls the pilot a national one while the document that does is not on file."""
    written = (*facts.chapters.values(), *facts.remarks.values(), facts.chairs_note, facts.reason)
    cells = (c.value for t in facts.tables for row in t.rows for c in row.values() if isinstance(c.value, str))
    found = report_text.national("\n".join((*written, *cells)))
    read = {"words": found, "document": facts.national_document}
    return failed(read) if found and not facts.national_document else passed(read)


@rule("P31")
def correction_has_its_reason(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A correction says why it is made."""
    read = {"reason": bool(facts.reason.strip())}
    if not facts.corrects:
        return not_applicable(read)
    return passed(read) if facts.reason.strip() else failed(read)


@rule("P32")
def comes_in_time(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """A report comes by its day; a late one is taken and shown as late."""
    read = {"due_on": facts.due_on, "today_on": facts.on}
    if facts.corrects:
        return not_applicable(read)
    return failed(read) if facts.on > facts.due_on else passed(read)


@rule("P33")
def one_correction_at_a_time(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The last published version is corrected, and no other correction of it is under way."""
    read = {"open": facts.correction_open}
    return failed(read) if facts.correction_open else passed(read)


@rule("P34")
def reminded_once(facts: ReportFacts | PilotFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Each reminder is sent once."""
    read = {"reminder": facts.reminder}
    if facts.reminder is None:
        return unknown(read)
    return failed(read) if facts.reminder in facts.reminded else passed(read)


@rule("P35")
def surveys_are_reckoned(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The carbon of every sub-compartment of the inventories can be reckoned: without one row a total is wrong."""
    read = {"rows": facts.survey_faults, "count": len(facts.survey_faults)}
    if not facts.surveys:
        return not_applicable(read)
    return failed(read) if facts.survey_faults else passed(read)


@rule("P36")
def surveys_are_there(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """An annual report rests on an inventory, and its table of changes on two; without them the tables stay empty."""
    read = {"surveys": facts.surveys}
    if facts.surveys is None:
        return not_applicable(read)
    return failed(read) if facts.surveys < 2 else passed(read)


@rule("P37")
def strata_have_their_uncertainty(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """The carbon of a stratum is told with how sure it is: one plot alone is unknown and not 0 (domain.md §11)."""
    gaps = facts.strata_unsure
    read = {"strata": gaps, "count": len(gaps or ())}
    if gaps is None:
        return not_applicable(read)
    return failed(read) if gaps else passed(read)


@rule("P38")
def plots_have_their_stratum(facts: ReportFacts, policy: Policy) -> Said:  # noqa: ARG001
    """Every plot is of a stratum of table 2: one of another counts nowhere in the report."""
    read = {"plots": facts.plots_astray, "count": len(facts.plots_astray or ())}
    if facts.plots_astray is None:
        return not_applicable(read)
    return failed(read) if facts.plots_astray else passed(read)


@rule("P39")
def means_fit_their_lists(facts: ReportFacts, policy: Policy) -> Said:
    """The mean diameter of a plot is one of its tree list: the plain mean, the quadratic one, or between them."""
    allowed = policy.figure("plot_mean_tolerance_cm", facts.end)
    off = tuple(
        one
        for one in facts.plot_means or ()
        if not one.plain_cm - allowed.number <= one.stated_cm <= one.quadratic_cm + allowed.number
    )
    read, figures = {"means": off, "count": len(off)}, {"plot_mean_tolerance_cm": allowed}
    if not facts.plot_means:
        return not_applicable(read, figures)
    return failed(read, figures) if off else passed(read, figures)
