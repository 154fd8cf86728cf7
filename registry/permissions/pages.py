"""Who reaches which page: one table, deny by default. Acting is declared in `workflows/`, seeing here."""

from dataclasses import dataclass

from registry.permissions.roles import SEES
from workflows.roles import VOTING, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """Who reaches an endpoint: everybody, anyone signed in, holders of an office, people of a case.

    With `case`, the URL's `number` (or `case_id`) names a case; the guard loads it into `g.case`
    and its roles into `g.roles`, and a case this person may not see answers like a missing one.
    """

    public: bool = False
    offices: frozenset[Role] = frozenset()
    case: frozenset[Role] = frozenset()
    presided: bool = False
    """Besides the offices, whoever presided over a meeting; the view asks which."""


PUBLIC = Entry(public=True)
SIGNED_IN = Entry()
APPLICANTS = frozenset({Role.PROPONENT, Role.AGENT})
OF_THE_CASE = Entry(case=frozenset(SEES))
APPLICANT_OF_THE_CASE = Entry(case=APPLICANTS)


def office(*roles: Role) -> Entry:
    """Holders of one of these offices."""
    return Entry(offices=frozenset(roles))


def on_case(*roles: Role) -> Entry:
    """People with one of these roles on the case in the URL."""
    return Entry(case=frozenset(roles))


DESK = office(
    Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, Role.ECO_ENV, *VOTING
)
ADMIN = office(Role.ADMINISTRATOR)
SECRETARY = office(Role.SECRETARY)
REGISTER = office(Role.SECRETARY, Role.CASE_OFFICER, Role.SUPERVISOR, Role.AUDITOR)
"""Who reads the expert register; the secretary alone keeps it."""
POLICY = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING)
"""Who reads how the rules are changed, and why. What is confirmed stands on the public pages of the rules."""
PROPOSES = office(Role.CASE_OFFICER)
DECIDES = office(Role.CASE_OFFICER, Role.CHAIR)
PARTNERS = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING)
"""Who sees what each partner has under contract in all; of a single contract only where its file is open to them."""
REPORTS = office(
    Role.FARM_REPORTER, Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING
)
"""Who reads reports of the pilot before they are published, and where their figures come from; a farm its own."""
REPORTER = office(Role.FARM_REPORTER)
INVENTORY = office(
    *(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.FARM_REPORTER, Role.DISTRICT_REPORTER),
    *VOTING,
)
"""Who reads inventories; reporters those of their own unit (queries/inventory.py)."""
IMPORTS = office(Role.CASE_OFFICER, Role.FARM_REPORTER, Role.DISTRICT_REPORTER)
KEEPERS = office(Role.CASE_OFFICER, Role.SECRETARY)
MEETING = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING)
"""Meetings of a body, and their minutes, are open to its own people; what an item shows depends on the case."""

REPORTS_AREA = office(Role.DISTRICT_REPORTER)
COMPLETION = office(Role.DISTRICT_REPORTER, Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, *VOTING)
"""Who reads reports of completed area; a reporter those of the own unit."""
DASHBOARD = office(Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, *VOTING)

MINUTES = Entry(offices=MEETING.offices, presided=True)
"""Whoever presided answers for the minutes, also once the seat has ended (S74)."""

FARM_READERS = frozenset(
    {Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING}
)
"""Who reads what forest farms record, besides the farm itself."""
FARM = office(Role.FARM_REPORTER, *FARM_READERS)
WRITES_FOR_THE_FARM = office(Role.FARM_REPORTER)
LOSSES = on_case(Role.PROPONENT, Role.AGENT, Role.CASE_OFFICER)
"""Who records losses of a project; everybody of the case reads them."""

ENTRIES: dict[str, Entry] = {
    "static": PUBLIC,
    # public
    "public.home": PUBLIC,
    "public.projects": PUBLIC,
    "public.project": PUBLIC,
    "public.reference": PUBLIC,
    "public.reference_project": PUBLIC,
    "public.help": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.set_language": PUBLIC,
    "public.set_size": PUBLIC,
    "public.health": PUBLIC,
    "rules.index": PUBLIC,
    "rules.clause": PUBLIC,
    # self-check: anybody, without an account; nothing is kept
    "self_check.index": PUBLIC,
    "self_check.methods": PUBLIC,
    "self_check.contract": PUBLIC,
    "self_check.example": PUBLIC,
    "self_check.example_file": PUBLIC,
    "self_check.schema": PUBLIC,
    # public notice: anybody reads it, objects, and reads the answer by the receipt
    "notices.index": PUBLIC,
    "notices.show": PUBLIC,
    "notices.object": PUBLIC,
    "notices.receipt": PUBLIC,
    "notices.look_up": PUBLIC,
    # account
    "account.sign_in": PUBLIC,
    "account.demo_sign_in": PUBLIC,
    "account.set_up": PUBLIC,
    "account.sign_out": SIGNED_IN,
    "account.profile": SIGNED_IN,
    "account.password": SIGNED_IN,
    "account.sessions": SIGNED_IN,
    "account.end_session": SIGNED_IN,
    "account.letters": SIGNED_IN,
    # administrator
    "admin.home": ADMIN,
    "admin.users": ADMIN,
    "admin.user": ADMIN,
    "admin.new_user": ADMIN,
    "admin.setup_link": ADMIN,
    "admin.set_active": ADMIN,
    "admin.add_membership": ADMIN,
    "admin.end_membership": ADMIN,
    "admin.add_appointment": ADMIN,
    "admin.end_appointment": ADMIN,
    "admin.organisations": ADMIN,
    "admin.organisation": ADMIN,
    "admin.new_organisation": ADMIN,
    "admin.set_email": ADMIN,
    "admin.mail": ADMIN,
    "admin.retry_mail": ADMIN,
    # applicant
    "applicant.home": SIGNED_IN,
    "applicant.start": SIGNED_IN,
    "applicant.task_list": APPLICANT_OF_THE_CASE,
    "applicant.section": APPLICANT_OF_THE_CASE,
    "applicant.autosave": APPLICANT_OF_THE_CASE,
    "applicant.parcel": APPLICANT_OF_THE_CASE,
    "applicant.remove_parcel": APPLICANT_OF_THE_CASE,
    "applicant.documents": APPLICANT_OF_THE_CASE,
    "applicant.upload": APPLICANT_OF_THE_CASE,
    "applicant.remove_document": APPLICANT_OF_THE_CASE,
    "applicant.document": APPLICANT_OF_THE_CASE,
    "applicant.check": APPLICANT_OF_THE_CASE,
    "applicant.receipt": APPLICANT_OF_THE_CASE,
    "applicant.copy": APPLICANT_OF_THE_CASE,
    "applicant.discard": APPLICANT_OF_THE_CASE,
    # desk and case
    "desk.inbox": SIGNED_IN,
    "desk.cases": DESK,
    "desk.notices": SIGNED_IN,
    "desk.overdue": office(Role.SUPERVISOR, Role.CHAIR),
    "case.show": OF_THE_CASE,
    "case.document": OF_THE_CASE,
    "case.act": OF_THE_CASE,
    "case.application": OF_THE_CASE,
    "case.methods": OF_THE_CASE,
    "case.screening": on_case(
        Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING
    ),
    "case.objection_file": on_case(Role.CASE_OFFICER, Role.SUPERVISOR, Role.AUDITOR),
    "case.contract": OF_THE_CASE,
    "case.changes": OF_THE_CASE,
    "case.audit": on_case(Role.AUDITOR, Role.SUPERVISOR),
    # the farm: its pilot and its records; the shell of the field pages holds nothing of anybody
    "farm.index": FARM,
    "farm.pilot": FARM,
    "farm.new_pilot": WRITES_FOR_THE_FARM,
    "farm.act": FARM,
    "farm.listed": FARM,
    "farm.record": FARM,
    "farm.photo": FARM,
    "farm.new_record": WRITES_FOR_THE_FARM,
    "farm.correct": WRITES_FOR_THE_FARM,
    "losses.listed": OF_THE_CASE,
    "losses.show": OF_THE_CASE,
    "losses.photo": OF_THE_CASE,
    "losses.new": LOSSES,
    "losses.correct": LOSSES,
    "field.index": WRITES_FOR_THE_FARM,
    "field.enter": WRITES_FOR_THE_FARM,
    "field.ready": WRITES_FOR_THE_FARM,
    "field.worker": PUBLIC,
    # the working calendar: the secretary keeps it, because deadlines of cases follow it; anybody may count by it
    "calendar.show": PUBLIC,
    "calendar.import_notice": office(Role.SECRETARY),
    # the expert register and panels
    "experts.index": REGISTER,
    "experts.show": REGISTER,
    "experts.new": SECRETARY,
    "experts.change": SECRETARY,
    "experts.add_tie": SECRETARY,
    "experts.end_tie": SECRETARY,
    "experts.end": SECRETARY,
    "experts.appoint": SECRETARY,
    "experts.mine": office(Role.EXPERT),
    # interests of members, declared beforehand: their own business, shown to the secretary and to nobody else
    "interests.mine": office(*VOTING),
    "interests.end": office(*VOTING),
    "interests.members": SECRETARY,
    # partners, and who is tied to whom: officers keep the ties
    "partners.index": PARTNERS,
    "partners.show": PARTNERS,
    "partners.tie": KEEPERS,
    "partners.untie": KEEPERS,
    # inventories: officers import any, reporters those of their own farm or district
    "inventory.index": INVENTORY,
    "inventory.show": INVENTORY,
    "inventory.file": INVENTORY,
    "inventory.stock": INVENTORY,
    "inventory.stock_file": INVENTORY,
    "inventory.change": INVENTORY,
    "inventory.change_file": INVENTORY,
    "inventory.new": IMPORTS,
    "inventory.template_file": IMPORTS,
    # meetings of the leading group
    "meeting.index": MEETING,
    "meeting.plan": office(Role.SECRETARY),
    "meeting.show": MEETING,
    "meeting.agenda": MEETING,
    "meeting.room": MEETING,
    "meeting.live": MEETING,
    "meeting.history": MEETING,
    "meeting.candidates": office(Role.SECRETARY),
    "meeting.act": office(Role.SECRETARY, Role.CHAIR, Role.DEPUTY_CHAIR),
    "meeting.opinions": office(*VOTING),
    # minutes of a meeting: for whoever belongs to the meeting's body; the view asks which body (queries/minutes.py)
    "minutes.show": MINUTES,
    "minutes.act": MINUTES,
    "minutes.pdf": MEETING,
    # changes of the rules: officers propose, the chair decides, the administrator has no part; the view asks which body
    "policy.index": POLICY,
    "policy.figure": POLICY,
    "policy.method": POLICY,
    "policy.show": POLICY,
    "policy.document": POLICY,
    "policy.export": POLICY,
    "policy.new": PROPOSES,
    "policy.edit": PROPOSES,
    "policy.discard": PROPOSES,
    "policy.replay": DECIDES,
    "policy.stop_replay": DECIDES,
    "policy.act": DECIDES,
    # reports of the pilot: the farm writes, the task force reviews, the chair approves; published ones are for anybody
    "reports.public": PUBLIC,
    "reports.public_pdf": PUBLIC,
    "reports.index": REPORTS,
    "reports.begin": REPORTER,
    "reports.show": REPORTS,
    "reports.write": REPORTER,
    "reports.read_again": REPORTER,
    "reports.figure": REPORTS,
    "reports.act": REPORTS,
    "reports.pdf": REPORTS,
    "reports.sheet": REPORTS,
    # completed area: the unit's reporter drafts and reports, an officer confirms, anybody reads what is confirmed
    "greening.targets": PUBLIC,
    "greening.index": COMPLETION,
    "greening.show": COMPLETION,
    "greening.document": COMPLETION,
    "greening.new": REPORTS_AREA,
    "greening.edit": REPORTS_AREA,
    "greening.discard": REPORTS_AREA,
    "greening.act": office(Role.DISTRICT_REPORTER, Role.CASE_OFFICER),
    "dashboard.show": DASHBOARD,
    "dashboard.findings": DASHBOARD,
    "dashboard.contracts": DASHBOARD,
    "dashboard.expected": DASHBOARD,
    "dashboard.losses": DASHBOARD,
    # papers handed out: whoever sees the case sees them, and anybody may check one by its code
    "papers.show": OF_THE_CASE,
    "papers.pdf": OF_THE_CASE,
    "papers.verify": PUBLIC,
    "papers.verified": PUBLIC,
}
