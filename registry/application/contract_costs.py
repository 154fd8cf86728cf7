"""Questions on the partnership contract: who pays for what, what income it holds out, and its wording."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from registry.application.contract import Q, partner, yes
from registry.application.shapes import Kind, Question, Section
from workflows.contract_words import Bearer, Cost

NOT_STATED = "not_stated"
LONGEST_TEXT = 100_000
"""Signs of a contract's wording that are taken."""

BEARERS: Mapping[str, Any] = {
    Bearer.OWNER: _l("The owner"),
    Bearer.PARTNER: _l("The partner"),
    Bearer.SHARED: _l("Both"),
    NOT_STATED: _l("The contract does not say"),
}
COSTS: Mapping[str, Any] = {
    Cost.PDD: _l("Who pays for the design document?"),
    Cost.VALIDATION: _l("Who pays for the validation?"),
    Cost.MONITORING: _l("Who pays for the monitoring?"),
    Cost.VERIFICATION: _l("Who pays for the verification?"),
    Cost.REPLANTING: _l("Who pays for replanting?"),
}


def _bearer(cost: Cost) -> Question:
    return Q(
        field=f"bearer_{cost.value}",
        label=COSTS[cost],
        kind=Kind.CHOICE,
        options=BEARERS,
        asked=partner,
        rules=("R13",),
    )


CONTRACT_COSTS = Section(
    "contract_costs",
    _l("Contract: costs and promised income"),
    _l("Who pays for what, and what income the contract holds out"),
    (
        *map(_bearer, Cost),
        Q(
            field="claims_zero_cost",
            label=_l("Does the contract or the partner say that the owner pays nothing?"),
            short=_l("Said to cost the owner nothing"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R12",),
        ),
        Q(
            field="costs_deducted_first",
            label=_l("Are costs taken out of the income before it is shared?"),
            short=_l("Costs taken out before sharing"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R11", "R12"),
        ),
        Q(
            field="cost_capped",
            label=_l("Is there an upper limit to what may be taken out?"),
            short=_l("Upper limit of costs taken out"),
            kind=Kind.YES_NO,
            asked=yes("costs_deducted_first"),
            rules=("R11",),
        ),
        Q(
            field="cost_cap_yuan",
            label=_l("The upper limit"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan"),
            required=False,
            asked=lambda d: partner(d) and d.get("costs_deducted_first") is True and d.get("cost_capped") is True,
            rules=("R11",),
        ),
        Q(
            field="higher_share_for_costs",
            label=_l("Does the partner get a higher share because it advances the costs?"),
            short=_l("Higher share for advancing costs"),
            kind=Kind.YES_NO,
            required=False,
            asked=partner,
            rules=("R12",),
        ),
        Q(
            field="lists_costs",
            label=_l("Does the contract list or charge development costs?"),
            short=_l("Development costs listed"),
            kind=Kind.YES_NO,
            required=False,
            asked=partner,
            rules=("R09", "R10"),
        ),
        Q(
            field="cost_names",
            label=_l("What do the listed costs consist of?"),
            short=_l("Listed costs"),
            hint=_l("For example: design document, monitoring"),
            asked=yes("lists_costs"),
            rules=("R10",),
        ),
        Q(
            field="cost_yuan",
            label=_l("The listed costs in all"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan"),
            required=False,
            asked=yes("lists_costs"),
            rules=("R09",),
        ),
        Q(
            field="costs_evidenced",
            label=_l("Are all of them shown by contracts or invoices?"),
            short=_l("Costs shown by evidence"),
            kind=Kind.YES_NO,
            required=False,
            asked=yes("lists_costs"),
            rules=("R10",),
        ),
        Q(
            field="cost_supplier_related",
            label=_l("Is somebody paid for them who is tied to the partner?"),
            short=_l("Paid to somebody tied to the partner"),
            kind=Kind.YES_NO,
            required=False,
            asked=yes("lists_costs"),
            rules=("R10",),
        ),
        Q(
            field="promises_income",
            label=_l("Does the contract name a yield, a price or an income to come?"),
            short=_l("Income held out"),
            kind=Kind.YES_NO,
            asked=partner,
            rules=("R04",),
        ),
        Q(
            field="claimed_income_yuan",
            label=_l("The income it names, in all"),
            short=_l("Income named"),
            kind=Kind.NUMBER,
            places=2,
            most_figure=10**13,
            unit=_l("yuan"),
            required=False,
            hint=_l("For both sides together, before it is shared"),
            asked=yes("promises_income"),
            rules=("R03",),
        ),
        Q(
            field="claimed_years",
            label=_l("For how many years is it named?"),
            short=_l("Years of the income named"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("years"),
            required=False,
            hint=_l("Leave it empty if it is the whole term"),
            asked=yes("promises_income"),
            rules=("R03",),
        ),
        Q(
            field="claimed_t_per_mu_yr",
            label=_l("The yield it names"),
            short=_l("Yield named"),
            kind=Kind.NUMBER,
            unit=_l("tCO₂e per mu and year"),
            required=False,
            asked=yes("promises_income"),
            why=_l("Published projects give 0.57 to 1.33 tonnes per mu and year."),
            rules=("R01", "R03"),
        ),
        Q(
            field="claimed_yuan_per_t",
            label=_l("The price it assumes"),
            short=_l("Price assumed"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("yuan per tCO₂e"),
            required=False,
            asked=yes("promises_income"),
            rules=("R02", "R03"),
        ),
        Q(
            field="claimed_deduction_pct",
            label=_l("What the estimate deducts for uncertainty and loss"),
            short=_l("Deduction"),
            kind=Kind.NUMBER,
            places=2,
            unit=_l("per cent"),
            required=False,
            hint=_l("0 if nothing is deducted"),
            asked=yes("promises_income"),
            rules=("R03", "R05"),
        ),
        Q(
            field="income_from",
            label=_l("The first day for which income is counted"),
            short=_l("Income counted from"),
            kind=Kind.DAY,
            required=False,
            asked=yes("promises_income"),
            rules=("R06",),
        ),
        Q(
            field="signed_calculation",
            label=_l("Is a signed calculation of the yield among the documents?"),
            short=_l("Signed calculation of the yield"),
            kind=Kind.YES_NO,
            required=False,
            asked=yes("promises_income"),
            rules=("R01",),
        ),
    ),
)

CONTRACT_TEXT = Section(
    "contract_text",
    _l("Contract: its wording"),
    _l("The text, so that its words can be looked at where they stand"),
    (
        Q(
            field="text",
            label=_l("The text of the contract"),
            kind=Kind.LONG,
            most=LONGEST_TEXT,
            required=False,
            asked=partner,
            hint=_l("Paste the whole text, annexes included. At most 100,000 characters."),
            why=_l("Words that guarantee income or claim to cost nothing are found and shown where they stand."),
            rules=("R07", "R08", "R11", "R12"),
        ),
    ),
)
