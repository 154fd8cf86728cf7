"""Questions on the project: its basics, crediting period and declarations."""

from flask_babel import lazy_gettext as _l

from registry.application.shapes import Data, Kind, Question, Section
from workflows.states import Activity, Scheme

Q = Question


def _ccer(data: Data) -> bool:
    return data.get("scheme") == Scheme.CCER


BASICS = Section(
    "basics",
    _l("Project basics"),
    _l("Name, scheme, activity and whom to call"),
    (
        Q(
            field="name",
            label=_l("Name of the project"),
            hint=_l("Place and purpose, for example: Qingshiyu village, restoration of degraded forest"),
            why=_l("The name stands on every notice and, after registration, in the public list."),
        ),
        Q(
            field="scheme",
            label=_l("What is the project to be registered for?"),
            short=_l("Scheme"),
            kind=Kind.CHOICE,
            options=Scheme,
            notes={
                Scheme.CCER: _l(
                    "National voluntary emission reductions; the national registry decides on them. Not for persons."
                ),
                Scheme.LOCAL_TICKET: _l("A ticket under the city’s own rules, also for tending existing forest"),
                Scheme.OTHER_STANDARD: _l("A project that has an id under another standard, for example VCS"),
            },
            why=_l("The scheme decides which conditions, documents and opinions are needed."),
        ),
        Q(
            field="activity",
            label=_l("What is done on the land?"),
            short=_l("Activity"),
            kind=Kind.CHOICE,
            options=Activity,
            why=_l(
                "A method covers certain activities only. Without a method in force no CCER income may be promised."
            ),
            rules=("R04",),
        ),
        Q(
            field="summary",
            label=_l("The project in a few sentences"),
            short=_l("Summary"),
            kind=Kind.LONG,
            most=2000,
            hint=_l("What is planted or tended, by whom, since when. At most 2,000 characters."),
            why=_l("The leading group reads this first."),
        ),
        Q(
            field="contact_name",
            label=_l("Whom may the task force call?"),
            short=_l("Contact person"),
            most=60,
            why=_l("For questions about this application. Not published."),
        ),
        Q(
            field="contact_phone",
            label=_l("Telephone"),
            kind=Kind.PHONE,
            most=30,
            hint=_l("Mobile or landline with area code"),
        ),
    ),
)

CREDITING = Section(
    "crediting",
    _l("Crediting period and removals"),
    _l("Period, expected removals and validation body"),
    (
        Q(
            field="start_on",
            label=_l("First day of the crediting period"),
            kind=Kind.DAY,
            hint=_l("For example 2024-01-01"),
            why=_l("Removals count from 23 September 2020 at the earliest."),
            rules=("A17",),
        ),
        Q(
            field="end_on",
            label=_l("Last day of the crediting period"),
            kind=Kind.DAY,
            why=_l("Under CCER-14-001 the period lasts 20 to 40 years and lies within the title."),
            rules=("A14", "A15", "R25"),
        ),
        Q(
            field="life_end",
            label=_l("Last day of the project’s lifetime"),
            short=_l("End of the project’s lifetime"),
            kind=Kind.DAY,
            asked=_ccer,
            hint=_l("Until when the forest is kept; not before the crediting period ends"),
            rules=("A14",),
        ),
        Q(
            field="claim_from",
            label=_l("From which day are the first removals to be claimed?"),
            short=_l("First removals from"),
            kind=Kind.DAY,
            required=False,
            asked=_ccer,
            hint=_l("Leave it empty if from the first day of the crediting period"),
            rules=("A17",),
        ),
        Q(
            field="claim_on",
            label=_l("When is their registration to be applied for?"),
            short=_l("Registration applied for on"),
            kind=Kind.DAY,
            required=False,
            asked=_ccer,
            hint=_l("As planned. Removals older than five years on that day cannot be registered any more."),
            rules=("A17",),
        ),
        Q(
            field="expected_total_t",
            label=_l("Expected removals over the whole period"),
            short=_l("Expected removals"),
            kind=Kind.NUMBER,
            unit=_l("tCO₂e"),
            places=2,
            why=_l("Compared with the area and the usual yields."),
            rules=("R01", "R03"),
        ),
        Q(
            field="expected_annual_t",
            label=_l("Expected removals in an average year"),
            short=_l("Expected removals a year"),
            kind=Kind.NUMBER,
            unit=_l("tCO₂e a year"),
            places=2,
            rules=("R01",),
        ),
        Q(
            field="vvb_org_id",
            label=_l("Validation body"),
            kind=Kind.CHOICE,
            required=False,
            hint=_l("Can be named later, but before validation"),
            why=_l("The body must not be related to the applicant or the partner."),
            rules=("R32",),
        ),
    ),
)

DOCUMENTS = Section("documents", _l("Documents"), _l("The papers the scheme asks for"))

DECLARATIONS = Section(
    "declarations",
    _l("Declarations"),
    _l("Truth, uniqueness and consent"),
    (
        Q(
            field="true",
            label=_l("Everything stated here and in the documents is true and complete."),
            short=_l("Truth"),
            kind=Kind.TICK,
        ),
        Q(
            field="unique",
            label=_l("The same land is not in another carbon project, ticket or mechanism for the same time."),
            short=_l("Uniqueness"),
            kind=Kind.TICK,
            rules=("A16", "T02"),
        ),
        Q(
            field="consent",
            label=_l("Everybody who holds rights to the land knows of this application and agrees."),
            short=_l("Consent of right holders"),
            kind=Kind.TICK,
        ),
    ),
)
