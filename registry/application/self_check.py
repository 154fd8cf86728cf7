"""What the pages of the self-check ask: the main facts of a site and of a contract, in groups.

A question is named like the fact; those of a parcel begin with `parcel_`, who bears a cost with `bears_`.
What sort of answer it takes follows from the fact. An upload may hold every fact there is.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from registry.application.contract import CONTRACT
from registry.application.land import METHOD, PARCEL
from registry.application.project import BASICS, CREDITING
from registry.application.shapes import Section

PARCEL_PREFIX = "parcel_"
COST_PREFIX = "bears_"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, its hint, and the unit of its answer."""

    field: str
    label: Any
    hint: Any = ""
    unit: Any = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading; those on a parcel are asked of each."""

    name: str
    title: Any
    asks: tuple[Ask, ...]

    @property
    def of_each_parcel(self) -> bool:
        """Whether the questions are asked of every parcel."""
        return all(ask.field.startswith(PARCEL_PREFIX) for ask in self.asks)


def _as_in(section: Section, field: str, name: str = "", unit: Any = "") -> Ask:
    """The question of the application, in its own words."""
    found = next(q for q in section.questions if q.field == field)
    return Ask(name or field, found.label, found.hint, unit or found.unit)


_parcel = Section("parcel", "", "", PARCEL)
_mu = _l("mu")
_yuan = _l("yuan")
_per_cent = _l("per cent")
_years = _l("years")

SITE: tuple[Group, ...] = (
    Group(
        "project",
        _l("The project"),
        (
            _as_in(BASICS, "activity"),
            Ask("bamboo_planting", _l("Bamboo: is it newly planted?"), _l("Only for a project with bamboo.")),
            _as_in(_parcel, "district_code"),
            _as_in(METHOD, "start_on"),
            _as_in(CREDITING, "start_on", "crediting_start"),
            _as_in(CREDITING, "end_on", "crediting_end"),
            Ask("life_end", _l("Last day of the project’s lifetime")),
            Ask("claim_from", _l("First day from which reductions are to be claimed")),
            Ask("other_mechanism", _l("Is the land in another carbon project, mechanism or ticket for the same time?")),
            Ask("lawful", _l("Does the work keep to the law and sector policy, with every approval it needs?")),
        ),
    ),
    Group(
        "parcels",
        _l("The parcels"),
        (
            Ask("parcel_area_mu", _l("Area of the parcel"), _l("1 hectare is 15 mu."), _mu),
            _as_in(_parcel, "title_document", "parcel_title_document"),
            _as_in(_parcel, "title_end", "parcel_title_end"),
            _as_in(_parcel, "disputed", "parcel_disputed"),
        ),
    ),
    Group(
        "land",
        _l("The land"),
        (
            _as_in(METHOD, "land_setting"),
            _as_in(METHOD, "nonforest_since"),
            _as_in(METHOD, "planned_afforestation_land"),
            _as_in(METHOD, "wetland_overlap"),
            Ask("soil", _l("What is the soil?")),
            Ask("annual_precip_mm", _l("Yearly rain"), _l("An average over several years."), _l("mm")),
            Ask("key_function_zone", _l("Is the county on the list of national key ecological function zones?")),
            _as_in(METHOD, "public_benefit_forest"),
            Ask("public_benefit_certificate", _l("Is there a paper that says it is public-benefit forest?")),
        ),
    ),
    Group(
        "forest",
        _l("The forest"),
        (
            _as_in(METHOD, "forest_use"),
            Ask("origin", _l("How did the forest come up?")),
            Ask("age_group", _l("How old is the forest?")),
            Ask("canopy_closure", _l("Canopy closure"), _l("From 0 to 1, for example 0.6")),
            Ask("tree_height_m", _l("Average height of the trees"), "", _l("m")),
        ),
    ),
    Group(
        "work",
        _l("The work"),
        (
            _as_in(METHOD, "trees_removed"),
            _as_in(METHOD, "shrub_removed_pct"),
            Ask("full_clearing", _l("Is everything under the trees cleared away over the whole area?")),
            _as_in(METHOD, "repeat_soil_disturbance"),
            Ask("soil_disturbed_pct", _l("Share of the surface worked at one time"), "", _per_cent),
            Ask("contour", _l("Is the soil worked in strips along the contour?")),
            _as_in(METHOD, "burning"),
            Ask("litter_removal", _l("Is litter, dead wood or felling residue taken away?")),
            _as_in(METHOD, "activity_shift"),
        ),
    ),
    Group(
        "ticket",
        _l("For a forestry carbon ticket"),
        (
            Ask("increment_t", _l("Gain in carbon stock over the monitoring period"), "", "tCO₂e"),
            _as_in(METHOD, "monitoring_years"),
            Ask("third_party_report", _l("Has a third party measured and reported?")),
            Ask("third_party_related", _l("Is that third party related to the owner?")),
            Ask("forestry_approved", _l("Has the forestry bureau approved the ticket?")),
            Ask("environment_agreed", _l("Has the ecology and environment bureau agreed?")),
            Ask("buffer_pct", _l("Share that is deducted or held back"), "", _per_cent),
        ),
    ),
)

TERMS: tuple[Group, ...] = (
    Group(
        "project",
        _l("Project and parties"),
        (
            _as_in(BASICS, "scheme"),
            _as_in(BASICS, "activity"),
            Ask("partner_outside", _l("Does the partner come from outside the collective?")),
            _as_in(CREDITING, "start_on", "crediting_start"),
            _as_in(CREDITING, "end_on", "crediting_end"),
            Ask("bodies_named", _l("Is a validation or verification body named?")),
        ),
    ),
    Group(
        "land",
        _l("Land and term"),
        (
            _as_in(CONTRACT, "nature"),
            _as_in(CONTRACT, "area_mu"),
            _as_in(CONTRACT, "start_on"),
            Ask("end_on", _l("Last day of the contract"), _l("With renewals the partner may demand.")),
            Ask("issuer_consent", _l("Has whoever issued the land contract agreed to a term beyond the title?")),
        ),
    ),
    Group(
        "parcels",
        _l("The parcels"),
        (
            _as_in(_parcel, "district_code", "parcel_district_code"),
            Ask("parcel_area_mu", _l("Area of the parcel"), _l("1 hectare is 15 mu."), _mu),
            _as_in(_parcel, "tenure", "parcel_tenure"),
            _as_in(_parcel, "title_document", "parcel_title_document"),
            _as_in(_parcel, "title_end", "parcel_title_end"),
            _as_in(_parcel, "disputed", "parcel_disputed"),
        ),
    ),
    Group(
        "price",
        _l("Price"),
        (
            Ask("price_formula", _l("How is the owner paid?")),
            Ask("price_yuan", _l("What the owner is paid over the whole term"), "", _yuan),
            Ask("appraised_yuan", _l("What an appraiser valued the same thing at"), "", _yuan),
            Ask("price_yuan_per_t", _l("Price of a tonne in the contract"), "", _yuan),
            Ask("market_yuan_per_t", _l("Market price the parties took as their reference"), "", _l("yuan a tonne")),
            Ask("transfers_land_rights", _l("Does the right to land or forest pass together with the carbon?")),
            Ask("land_price_yuan", _l("Price of the land or forest right"), _l("0 if nothing is paid for it."), _yuan),
            Ask("land_appraised_yuan", _l("Appraised value of the land or forest right"), "", _yuan),
            Ask("price_review", _l("Is the price reviewed from time to time?")),
        ),
    ),
    Group(
        "cost",
        _l("Sharing and costs"),
        (
            _as_in(CONTRACT, "owner_share_pct"),
            _as_in(CONTRACT, "partner_share_pct"),
            Ask("higher_share_for_costs", _l("Does the partner get a higher share because it advances the costs?")),
            Ask("claims_zero_cost", _l("Is the owner said to pay nothing?")),
            Ask("costs_deducted_first", _l("Are costs deducted before the income is shared?")),
            Ask("cost_capped", _l("Has what may be deducted an upper limit?")),
            Ask(
                "bears_pdd",
                _l("Who bears the design document?"),
                _l("The five costs are judged once all five are answered."),
            ),
            Ask("bears_validation", _l("Who bears the validation?")),
            Ask("bears_monitoring", _l("Who bears the monitoring?")),
            Ask("bears_verification", _l("Who bears the verification?")),
            Ask("bears_replanting", _l("Who bears the re-planting?")),
        ),
    ),
    Group(
        "promise",
        _l("What is promised"),
        (
            Ask("promises_income", _l("Does the contract promise a yield, a price or an income?")),
            Ask("claimed_t_per_mu_yr", _l("Yield promised"), "", _l("t a mu and a year")),
            Ask("claimed_yuan_per_t", _l("Price assumed"), "", _l("yuan a tonne")),
            Ask("claimed_income_yuan", _l("Whole income promised, before it is shared"), "", _yuan),
            Ask("claimed_years", _l("Years it is counted for"), _l("Empty: the years of the term."), _years),
            Ask("claimed_deduction_pct", _l("Deducted for risk"), _l("0 if nothing is deducted."), _per_cent),
            Ask("income_from", _l("First day for which income is counted")),
            Ask("application_on", _l("Day on which the registration of reductions is to be applied for")),
            Ask("signed_calculation", _l("Is there a signed calculation of the yield?")),
        ),
    ),
    Group(
        "terms",
        _l("Terms"),
        (
            Ask("exclusive", _l("Does the partner have exclusive rights?")),
            Ask("exclusivity_has_term", _l("Do the exclusive rights end on a day?")),
            Ask("exclusivity_has_exit", _l("Is there a way out of the exclusive rights?")),
            Ask("start_milestone", _l("Does the contract say by when work must begin?")),
            Ask("start_within_months", _l("Within how many months?"), "", _l("months")),
            Ask("idle_exit", _l("May the owner leave when nothing is begun?")),
            Ask("retransfer", _l("May the partner pass the rights on to others?")),
            Ask("owner_liable", _l("Does the owner answer for it when the project fails?")),
            Ask("owner_may_terminate", _l("May the owner end the contract when the partner fails?")),
            Ask("penalty_one_sided", _l("Does the penalty bind the owner alone?")),
            Ask("penalty_pct", _l("Penalty as a share of the estimated loss"), "", _per_cent),
            Ask(
                "terms_present",
                _l("Which of these does the contract state?"),
                _l("Nothing ticked: not looked at yet."),
            ),
        ),
    ),
    Group(
        "approvals",
        _l("Votes and approvals"),
        (
            Ask("votes_for", _l("Members in favour")),
            Ask("votes_entitled", _l("Members entitled to vote")),
            Ask("vote_notice", _l("Was the result of the vote published?")),
            Ask("household_consent", _l("Has the household agreed in writing?")),
            Ask("issuer_filing", _l("Is the transfer filed with the collective?")),
            Ask("township_approval", _l("Has the township approved?")),
            Ask("capacity_check", _l("Were the partner’s credit and capacity checked?")),
            Ask("superior_approval", _l("State land: has the authority above approved?")),
            Ask("appraisal_on_file", _l("State land: is there an appraisal?")),
            Ask("collective_decision", _l("State land: was it decided collectively?")),
            Ask("public_bidding", _l("State land: was it offered in public?")),
        ),
    ),
    Group(
        "wording",
        _l("Wording"),
        (
            Ask(
                "text",
                _l("Text of the contract"),
                _l("Words that promise income, no cost or state backing are marked in it. Names can be left out."),
            ),
        ),
    ),
)
