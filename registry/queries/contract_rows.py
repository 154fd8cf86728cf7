"""The statements on a contract's parties, built once. Parameters: `ids`, `code`, `day`; `partners`, `case_id`."""

from sqlalchemy import Date, Integer, String, and_, bindparam, case, func, or_, select

from registry.models import Answers, Case, Organisation, OrganisationTie, Registration
from workflows.states import ENDED, ProjectState

S = ProjectState
DAY = bindparam("day", type_=Date)

_reach = (
    select(
        Organisation.id.label("root"),
        Organisation.id.label("org"),
        Organisation.credit_code.label("code"),
        Organisation.name.label("name"),
    )
    .where(
        or_(
            Organisation.id.in_(bindparam("ids", type_=Integer, expanding=True)),
            Organisation.credit_code == bindparam("code", type_=String),
        )
    )
    .cte("reach", recursive=True)
)
_other_side = case(
    (OrganisationTie.organisation_id == _reach.c.org, OrganisationTie.related_id),
    else_=OrganisationTie.organisation_id,
)
_reach = _reach.union(
    select(_reach.c.root, _other_side, _reach.c.code, _reach.c.name).join(
        OrganisationTie,
        and_(
            or_(OrganisationTie.organisation_id == _reach.c.org, OrganisationTie.related_id == _reach.c.org),
            OrganisationTie.since <= DAY,
            or_(OrganisationTie.until.is_(None), OrganisationTie.until >= DAY),
        ),
    )
)
REACH = select(_reach.c.root, _reach.c.org, _reach.c.code, _reach.c.name)
"""Each organisation asked for, with every organisation it is tied to on a day, over however many others."""

STANDING_ROUND = case(
    (
        Case.state == S.REGISTERED,
        select(func.max(Registration.round_no)).where(Registration.case_id == Case.id).scalar_subquery(),
    ),
    else_=Case.round,
)
"""The round whose contract stands: of the entry in force, else the last one handed in."""
LIVE = Case.state.not_in([S.DRAFT, *ENDED])

CONTRACTS = (
    select(Case.number, Organisation.name, Answers.section, Answers.data)
    .join(Organisation, Organisation.id == Case.partner_org_id)
    .join(Answers, and_(Answers.case_id == Case.id, Answers.round_no == STANDING_ROUND))
    .where(
        Case.partner_org_id.in_(bindparam("partners", type_=Integer, expanding=True)),
        Case.id != bindparam("case_id", type_=Integer),
        LIVE,
        Answers.section.in_(("contract", "parcels")),
    )
    .order_by(Case.id)
)
"""What other cases say of the contracts of these partners, and of the land."""
