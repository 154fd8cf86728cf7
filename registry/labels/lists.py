"""The words of the members of every closed list."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry.labels.methods import OF_METHODS
from registry.models.mail import MailStatus, Trouble
from registry.models.people import OrganisationKind, TieKind
from workflows import states as w
from workflows.inventory import ChangeCause, InventoryState, LandKind, RowChange
from workflows.roles import Role

S = w.ProjectState


class Due(StrEnum):
    """How a deadline stands."""

    ON_TIME = "on_time"
    SOON = "soon"
    OVERDUE = "overdue"
    STOPPED = "stopped"


class Running(StrEnum):
    """How a public notice stands."""

    OPEN = "open"
    DISPUTED = "disputed"
    RUN_OUT = "run_out"
    ENDED = "ended"
    STOPPED = "stopped"


LABELS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    **OF_METHODS,
    S: {
        S.DRAFT: _l("Draft"),
        S.SUBMITTED: _l("Submitted"),
        S.METHODOLOGY_SCREENING: _l("In methodology screening"),
        S.RISK_REVIEW: _l("In risk review"),
        S.VALIDATION: _l("In validation"),
        S.REGISTRATION: _l("Entry being decided"),
        S.REGISTERED: _l("Registered"),
        S.CORRECTION_REQUESTED: _l("Corrections requested"),
        S.SUSPENDED: _l("Suspended"),
        S.AMENDMENT_REVIEW: _l("Amendment under review"),
        S.DECLINED: _l("Not accepted"),
        S.LAPSED: _l("Lapsed"),
        S.WITHDRAWN: _l("Withdrawn"),
        S.REJECTED: _l("Entry refused"),
        S.REVOKED: _l("Revoked"),
        S.CLOSED: _l("Closed"),
    },
    w.Scheme: {
        w.Scheme.CCER: _l("CCER"),
        w.Scheme.LOCAL_TICKET: _l("Forestry carbon ticket"),
        w.Scheme.OTHER_STANDARD: _l("Other standard"),
    },
    w.Activity: {
        w.Activity.AFFORESTATION: _l("Afforestation"),
        w.Activity.FOREST_MANAGEMENT: _l("Forest management"),
        w.Activity.BAMBOO: _l("Bamboo forest management"),
        w.Activity.WETLAND_RESTORATION: _l("Wetland restoration"),
        w.Activity.OTHER: _l("Other activity"),
    },
    w.GateName: {
        w.GateName.ACCEPTANCE: _l("Acceptance"),
        w.GateName.SCREENING: _l("Methodology screening"),
        w.GateName.RISK_REVIEW: _l("Risk review"),
        w.GateName.VALIDATION: _l("Validation and notice"),
        w.GateName.REGISTRATION: _l("Decision on entry"),
    },
    w.GateResult: {
        w.GateResult.PASS: _l("Passed"),
        w.GateResult.PASS_WITH_CONDITIONS: _l("Passed with conditions"),
        w.GateResult.DEEMED: _l("Deemed accepted"),
        w.GateResult.CARRIED: _l("Carried over from an earlier round"),
        w.GateResult.REJECT: _l("Refused"),
    },
    w.Question: {
        w.Question.SCREENING: _l("Methodology screening"),
        w.Question.RISK_REVIEW: _l("Project and contract risk"),
        w.Question.VALIDATION: _l("Validation and notice"),
        w.Question.REGISTRATION: _l("Entry into the project library"),
        w.Question.AMENDMENT: _l("Amendment of a registered project"),
        w.Question.REVOCATION: _l("Revocation of an entry"),
        w.Question.SUSPENSION: _l("Suspension of a registered project"),
    },
    w.Choice: {
        w.Choice.FOR: _l("In favour"),
        w.Choice.AGAINST: _l("Against"),
        w.Choice.ABSTAIN: _l("Abstained"),
    },
    w.MeetingState: {
        w.MeetingState.PLANNED: _l("Planned"),
        w.MeetingState.IN_SESSION: _l("In session"),
        w.MeetingState.HELD: _l("Held, minutes to be confirmed"),
        w.MeetingState.MINUTED: _l("Minutes issued"),
        w.MeetingState.CALLED_OFF: _l("Called off"),
    },
    InventoryState: {
        InventoryState.IMPORTING: _l("Being imported"),
        InventoryState.COMPLETE: _l("Complete"),
        InventoryState.FAILED: _l("Not imported"),
    },
    LandKind: {
        LandKind.FOREST: _l("Forest"),
        LandKind.WETLAND: _l("Wetland"),
        LandKind.GRASSLAND: _l("Grassland"),
    },
    RowChange: {
        RowChange.ADDED: _l("Listed for the first time"),
        RowChange.GONE: _l("No longer listed"),
        RowChange.AREA: _l("Area changed"),
        RowChange.VOLUME: _l("Volume changed, area as before"),
        RowChange.SPECIES: _l("Species changed, figures as before"),
        RowChange.SAME: _l("As before"),
    },
    ChangeCause: {
        ChangeCause.NONE: _l("No change"),
        ChangeCause.PLANTED: _l("New planting"),
        ChangeCause.FELLED: _l("Felled"),
        ChangeCause.BURNT: _l("Burnt"),
        ChangeCause.PEST: _l("Pests or disease"),
        ChangeCause.STORM: _l("Natural disaster"),
        ChangeCause.REMEASURED: _l("Measured again"),
        ChangeCause.OTHER: _l("Another cause"),
    },
    w.PilotState: {
        w.PilotState.PLAN: _l("Plan"),
        w.PilotState.SUBMITTED: _l("Submitted"),
        w.PilotState.PREPARED: _l("With the chair"),
        w.PilotState.APPROVED: _l("Approved"),
        w.PilotState.RUNNING: _l("Running"),
        w.PilotState.EVALUATED: _l("Evaluated"),
    },
    w.Exploration: {
        w.Exploration.BUSINESS_MODEL: _l("Business model"),
        w.Exploration.TECHNIQUE: _l("Technical path"),
        w.Exploration.MEASUREMENT: _l("Carbon measurement"),
        w.Exploration.PROJECTS: _l("Project development"),
        w.Exploration.TRADE: _l("Market trade"),
        w.Exploration.COMPENSATION: _l("Ecological compensation"),
        w.Exploration.FINANCE: _l("Carbon finance"),
    },
    w.FarmRecordKind: {
        w.FarmRecordKind.EXPLORATION: _l("Aims and progress"),
        w.FarmRecordKind.ACTIVITY: _l("Work in the forest"),
        w.FarmRecordKind.PLOT: _l("Sample plot"),
        w.FarmRecordKind.MEASUREMENT: _l("Plot measurement"),
        w.FarmRecordKind.TRIAL: _l("Trial with a control plot"),
        w.FarmRecordKind.LOSS: _l("Loss event"),
        w.FarmRecordKind.MONEY: _l("Money in or out"),
        w.FarmRecordKind.SALE: _l("Sale"),
        w.FarmRecordKind.LOAN: _l("Loan"),
        w.FarmRecordKind.LESSON: _l("Lesson learned"),
    },
    w.Work: {
        w.Work.TENDING: _l("Tending"),
        w.Work.RESTORATION: _l("Restoring degraded forest"),
        w.Work.REPLANTING: _l("Replanting"),
        w.Work.SPECIES_CHANGE: _l("Changing the species"),
        w.Work.AFFORESTATION: _l("Afforestation work"),
        w.Work.FIRE_PREVENTION: _l("Fire prevention"),
        w.Work.PEST_CONTROL: _l("Pest control"),
        w.Work.TRIAL_WORK: _l("Trial"),
    },
    w.LossCause: {
        w.LossCause.FIRE: _l("Fire"),
        w.LossCause.PEST: _l("Pest or disease"),
        w.LossCause.FELLING: _l("Felling"),
        w.LossCause.STORM: _l("Storm, snow or other natural disaster"),
    },
    w.MoneyDirection: {w.MoneyDirection.IN: _l("Money in"), w.MoneyDirection.OUT: _l("Money out")},
    w.ChangeState: {
        w.ChangeState.DRAFT: _l("Draft"),
        w.ChangeState.PROPOSED: _l("Proposed, to be decided"),
        w.ChangeState.CONFIRMED: _l("Confirmed by the chair"),
        w.ChangeState.REFUSED: _l("Refused by the chair"),
        w.ChangeState.WITHDRAWN: _l("Taken back"),
    },
    w.ReportState: {
        w.ReportState.DRAFT: _l("First report, being written"),
        w.ReportState.SUBMITTED: _l("Submitted, to be reviewed"),
        w.ReportState.RETURNED: _l("Returned to the farm"),
        w.ReportState.REVIEWED: _l("Reviewed, to be approved"),
        w.ReportState.APPROVED: _l("Approved, to be published"),
        w.ReportState.PUBLISHED: _l("Published"),
    },
    w.PeriodKind: {
        w.PeriodKind.QUARTER: _l("Quarter"),
        w.PeriodKind.YEAR: _l("Year"),
    },
    w.Greening: {
        w.Greening.AFFORESTATION: _l("Afforestation and greening"),
        w.Greening.QUALITY: _l("Forest quality improvement"),
    },
    w.CompletionState: {
        w.CompletionState.DRAFT: _l("Draft"),
        w.CompletionState.REPORTED: _l("Reported, to be confirmed"),
        w.CompletionState.CONFIRMED: _l("Confirmed"),
        w.CompletionState.RETURNED: _l("Returned to the unit"),
    },
    w.RecusalGround: {
        w.RecusalGround.APPLICANT: _l("Is the applicant"),
        w.RecusalGround.OWN_ORGANISATION: _l("Belongs to an organisation that is a party"),
        w.RecusalGround.RELATIVES_EMPLOYER: _l("A near relative works for a party"),
        w.RecusalGround.EARLIER_PART: _l("Gave an opinion on the case earlier, or handled it"),
        w.RecusalGround.FLAWED_VOTE: _l("Should have stood aside from the earlier vote"),
        w.RecusalGround.OTHER_TIE: _l("Another tie that may sway the judgement"),
    },
    w.Tenure: {
        w.Tenure.STATE: _l("State land"),
        w.Tenure.COLLECTIVE_MANAGED: _l("Collective land, managed by the collective"),
        w.Tenure.HOUSEHOLD: _l("Household contract"),
        w.Tenure.OTHER_CONTRACT: _l("Contract by other means"),
        w.Tenure.TRANSFERRED: _l("Obtained by transfer"),
        w.Tenure.PRIVATE_PLOT: _l("Private hill plot"),
    },
    w.TitleDocument: {
        w.TitleDocument.REAL_ESTATE_CERTIFICATE: _l("Real-estate certificate"),
        w.TitleDocument.FOREST_RIGHT_CERTIFICATE: _l("Forest right certificate"),
        w.TitleDocument.LAND_CERTIFICATE: _l("Land certificate"),
        w.TitleDocument.CONTRACT: _l("Land contract"),
        w.TitleDocument.TRANSFER_CONTRACT: _l("Transfer contract"),
        w.TitleDocument.NONE: _l("No title document"),
    },
    w.LandSetting: {
        w.LandSetting.FOREST_LAND: _l("Land planned for forestry"),
        w.LandSetting.CORRIDOR: _l("Along roads, railways or rivers"),
        w.LandSetting.FOUR_SIDES: _l("Beside villages, houses, roads or water"),
        w.LandSetting.URBAN_INDUSTRIAL: _l("Urban or industrial land"),
        w.LandSetting.WETLAND: _l("Wetland"),
        w.LandSetting.OTHER: _l("Other land"),
    },
    w.ForestUse: {
        w.ForestUse.PROTECTION: _l("Protection forest"),
        w.ForestUse.SPECIAL_PURPOSE: _l("Special-purpose forest"),
        w.ForestUse.TIMBER: _l("Timber forest"),
        w.ForestUse.ENERGY: _l("Energy forest"),
        w.ForestUse.ECONOMIC: _l("Economic forest"),
    },
    w.ForestOrigin: {
        w.ForestOrigin.NATURAL: _l("Natural forest"),
        w.ForestOrigin.PLANTED: _l("Planted forest"),
    },
    w.Fit: {
        w.Fit.FITS: _l("Fits"),
        w.Fit.COULD_FIT: _l("Could fit"),
        w.Fit.CANNOT: _l("Cannot be used"),
    },
    w.OpinionKind: {
        w.OpinionKind.LEGAL: _l("Legal opinion"),
        w.OpinionKind.VALIDATION: _l("Validation report"),
        w.OpinionKind.ENVIRONMENT: _l("Ecology and environment bureau’s opinion"),
    },
    w.Conclusion: {
        w.Conclusion.FAVOURABLE: _l("Favourable"),
        w.Conclusion.CONDITIONAL: _l("Favourable with conditions"),
        w.Conclusion.UNFAVOURABLE: _l("Not favourable"),
    },
    w.ConditionVerdict: {
        w.ConditionVerdict.MET: _l("Met"),
        w.ConditionVerdict.NOT_MET: _l("Not met"),
        w.ConditionVerdict.CANNOT_TELL: _l("Cannot tell"),
    },
    w.Severity: {
        w.Severity.BLOCK: _l("Block"),
        w.Severity.LEADING_GROUP: _l("For the leading group"),
        w.Severity.WARN: _l("Note"),
    },
    w.Verdict: {
        w.Verdict.PASS: _l("Pass"),
        w.Verdict.FAIL: _l("Fail"),
        w.Verdict.UNKNOWN: _l("Unknown"),
        w.Verdict.NOT_APPLICABLE: _l("Not applicable"),
        w.Verdict.MANUAL: _l("To be judged by officers"),
    },
    Role: {
        Role.PROPONENT: _l("Project proponent"),
        Role.AGENT: _l("Agent"),
        Role.CASE_OFFICER: _l("Case officer"),
        Role.SECRETARY: _l("Secretary of the task force"),
        Role.LEGAL_REVIEWER: _l("Legal reviewer"),
        Role.EXPERT: _l("Expert"),
        Role.VVB: _l("Validation and verification body"),
        Role.ECO_ENV: _l("Ecology and environment bureau"),
        Role.MEMBER: _l("Leading group member"),
        Role.DEPUTY_CHAIR: _l("Deputy chair of the leading group"),
        Role.CHAIR: _l("Chair of the leading group"),
        Role.SUPERVISOR: _l("Supervisor"),
        Role.FARM_REPORTER: _l("Forest farm reporter"),
        Role.DISTRICT_REPORTER: _l("District reporter"),
        Role.AUDITOR: _l("Auditor"),
        Role.ADMINISTRATOR: _l("System administrator"),
        Role.PUBLIC: _l("Member of the public"),
        Role.SYSTEM: _l("The system"),
    },
    # expert panels
    w.ExpertField: {
        w.ExpertField.FORESTRY: _l("Forestry"),
        w.ExpertField.CARBON_ACCOUNTING: _l("Carbon accounting"),
        w.ExpertField.LAW: _l("Law"),
        w.ExpertField.FINANCE: _l("Finance and economics"),
        w.ExpertField.ECOLOGY: _l("Ecology"),
        w.ExpertField.REMOTE_SENSING: _l("Remote sensing and surveying"),
        w.ExpertField.PEST_FIRE: _l("Forest pests and fire"),
        w.ExpertField.SOIL_WATER: _l("Soil and water conservation"),
    },
    w.DeliveryWay: {
        w.DeliveryWay.IN_PERSON: _l("Handed over"),
        w.DeliveryWay.POST: _l("By post"),
        w.DeliveryWay.ELECTRONIC: _l("Electronically, with the applicant’s consent"),
        w.DeliveryWay.LEFT: _l("Left at the address, with a witness"),
        w.DeliveryWay.ANNOUNCED: _l("By public announcement"),
        w.DeliveryWay.CONFIRMED: _l("Receipt confirmed by the applicant in the system"),
    },
    w.Relation: {
        w.Relation.OWN_EMPLOYER: _l("Own employer"),
        w.Relation.FORMER_EMPLOYER: _l("Former employer"),
        w.Relation.SPOUSE: _l("Spouse’s employer"),
        w.Relation.CHILD: _l("Child’s employer"),
        w.Relation.PARENT: _l("Parent’s employer"),
        w.Relation.SIBLING: _l("Brother’s or sister’s employer"),
        w.Relation.OTHER_RELATIVE: _l("Other near relative’s employer"),
    },
    w.Bar: {
        w.Bar.APPLICANT: _l("Is the applicant"),
        w.Bar.MEMBER_OF_PARTY: _l("Belongs to a party of the case"),
        w.Bar.WORKS_FOR_PARTY: _l("Works for a party of the case"),
        w.Bar.WORKED_FOR_PARTY: _l("Worked for a party of the case"),
        w.Bar.RELATIVE_AT_PARTY: _l("A near relative works for a party of the case"),
        w.Bar.EARLIER_PART: _l("Had a part in this case before"),
        w.Bar.OTHER_OFFICE: _l("Holds another office here"),
        w.Bar.INCOMPLETE: _l("Fields and place of work are not recorded yet"),
        w.Bar.NOT_IN_OFFICE: _l("No longer in the register"),
        w.Bar.REFUSED: _l("Gave up the seat"),
    },
    w.Advice: {
        w.Advice.ACCEPT: _l("Accepts"),
        w.Advice.ACCEPT_WITH_CONDITIONS: _l("Accepts with conditions"),
        w.Advice.NOT_ACCEPT: _l("Does not accept"),
    },
    w.PanelResult: {
        w.PanelResult.ACCEPTED: _l("The panel accepted"),
        w.PanelResult.NOT_ACCEPTED: _l("The panel did not accept"),
        w.PanelResult.BROKEN_OFF: _l("Broken off without a result"),
    },
    OrganisationKind: {
        OrganisationKind.GOVERNMENT: _l("Government body"),
        OrganisationKind.FOREST_FARM: _l("State forest farm"),
        OrganisationKind.COLLECTIVE: _l("Collective economic organisation"),
        OrganisationKind.ENTERPRISE: _l("Enterprise"),
        OrganisationKind.VVB: _l("Validation and verification body"),
        OrganisationKind.INSTITUTE: _l("Institute"),
        OrganisationKind.LAW_FIRM: _l("Law firm"),
        OrganisationKind.OTHER: _l("Other organisation"),
    },
    TieKind: {
        TieKind.PARENT: _l("One holds the other"),
        TieKind.SAME_CONTROLLER: _l("Same actual controller"),
        TieKind.SAME_REPRESENTATIVE: _l("Same legal representative"),
        TieKind.SHAREHOLDER: _l("Shareholder"),
        TieKind.SAME_PLACE: _l("Same address or telephone"),
        TieKind.OTHER: _l("Another tie"),
    },
    MailStatus: {
        MailStatus.WAITING: _l("Waiting to be sent"),
        MailStatus.SENDING: _l("Being sent"),
        MailStatus.SENT: _l("Sent"),
        MailStatus.FAILED: _l("Failed"),
        MailStatus.UNCLEAR: _l("May not have arrived"),
        MailStatus.DROPPED: _l("Not sent: nobody to write to"),
    },
    Trouble: {
        Trouble.NO_SERVER: _l("The mail server cannot be reached"),
        Trouble.SILENT: _l("The mail server did not answer in time"),
        Trouble.TLS: _l("The way to the mail server could not be secured"),
        Trouble.SIGN_IN: _l("The mail server did not accept our name and password"),
        Trouble.SENDER: _l("The mail server does not take mail from our address"),
        Trouble.ADDRESS: _l("The mail server does not take mail for this address"),
        Trouble.REFUSED: _l("The mail server refused the letter"),
        Trouble.LATER: _l("The mail server asked to try later"),
        Trouble.STOPPED: _l("The conversation broke off"),
    },
    # the public notice
    w.ObjectionKind: {
        w.ObjectionKind.OBJECTION: _l("Objection"),
        w.ObjectionKind.COMMENT: _l("Comment"),
    },
    w.ObjectionAbout: {
        w.ObjectionAbout.TENURE: _l("Who holds the land"),
        w.ObjectionAbout.BOUNDARY: _l("Where the land ends, or its area"),
        w.ObjectionAbout.FACTS: _l("What was planted or done, and when"),
        w.ObjectionAbout.CONTRACT: _l("The partnership contract, or who gets what"),
        w.ObjectionAbout.OTHER: _l("Something else"),
    },
    w.ObjectionOutcome: {
        w.ObjectionOutcome.UNFOUNDED: _l("Looked into: not founded"),
        w.ObjectionOutcome.FOUNDED: _l("Founded, or it cannot be cleared up"),
        w.ObjectionOutcome.NOTED: _l("Noted"),
    },
    w.Side: {
        w.Side.OFFICER: _l("Task force"),
        w.Side.APPLICANT: _l("Applicant"),
    },
    Running: {
        Running.OPEN: _l("Open"),
        Running.DISPUTED: _l("Objections being dealt with"),
        Running.RUN_OUT: _l("Time over, answers outstanding"),
        Running.ENDED: _l("Ended"),
        Running.STOPPED: _l("Stopped"),
    },
    Due: {
        Due.ON_TIME: _l("On time"),
        Due.SOON: _l("Due soon"),
        Due.OVERDUE: _l("Overdue"),
        Due.STOPPED: _l("Clock stopped"),
    },
}
