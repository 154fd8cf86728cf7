"""Questions on the land: the parcels, and the method with the facts its conditions ask for."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from registry.application.shapes import Data, Kind, Question, Section
from workflows.states import Burning, ForestOrigin, ForestUse, LandSetting, Scheme, Tenure, TitleDocument

Q = Question

UNITS: Mapping[str, Any] = {"mu": _l("mu"), "ha": _l("hectares")}
CONSENT: Mapping[str, Any] = {
    "yes": _l("Yes, all have agreed in writing"),
    "no": _l("No, somebody has not agreed yet"),
    "not_needed": _l("There are no co-owners"),
}
ADDITIONALITY: Mapping[str, Any] = {
    "x01": _l("Exempt: at most 400 mm of rain a year (X01)"),
    "x02": _l("Exempt: key ecological function area of the state (X02)"),
    "x03": _l("Exempt: public-benefit forest (X03)"),
    "argued": _l("Argued by the general procedure; an expert panel looks at it"),
}


def _planted(data: Data) -> bool:
    return str(data.get("method", "")).startswith("CCER-14-001")


def _ticket(data: Data) -> bool:
    return data.get("scheme") == Scheme.LOCAL_TICKET and bool(data.get("method"))


def _other(data: Data) -> bool:
    return data.get("scheme") == Scheme.OTHER_STANDARD and bool(data.get("method"))


def _screened(data: Data) -> bool:
    return _planted(data) or _ticket(data)


def _reported(data: Data) -> bool:
    return _ticket(data) and data.get("third_party_report") is True


def _public_benefit(data: Data) -> bool:
    return _planted(data) and data.get("public_benefit_forest") is True


def _any_method(data: Data) -> bool:
    return bool(data.get("method"))


def _has_title(data: Data) -> bool:
    return data.get("title_document") != TitleDocument.NONE


PARCEL: tuple[Question, ...] = (
    Q(
        field="name",
        label=_l("Name of the parcel"),
        most=100,
        hint=_l("As people on site call it, for example: North slope no. 4"),
    ),
    Q(
        field="village",
        label=_l("Village, or section of the forest farm"),
        short=_l("Village"),
        most=100,
        required=False,
        hint=_l("For example: Qingshiyu village, Zhuyang town"),
        why=_l(
            "Two parcels of one name in one village are taken for the same land. The public notice names the village."
        ),
        rules=("S20",),
    ),
    Q(
        field="subcompartment",
        label=_l("Sub-compartment code"),
        kind=Kind.CODE,
        most=40,
        required=False,
        hint=_l("From the forest resource map. Leave it empty if you do not know it."),
    ),
    Q(
        field="district_code",
        label=_l("District or county the parcel lies in"),
        short=_l("District"),
        kind=Kind.CHOICE,
        why=_l("The project number carries the code of the largest area."),
    ),
    Q(
        field="area",
        label=_l("Area of the parcel"),
        short=_l("Area"),
        kind=Kind.NUMBER,
        hint=_l("As the title document states it. 1 hectare is 15 mu; fill in one, the other is worked out."),
        why=_l(
            "A parcel must reach the least connected area of the method: 667 m² if work began by the end of 2019, "
            "400 m² if later. All parcels together decide whether a contract counts as large."
        ),
        rules=("A05", "R24"),
    ),
    Q(field="unit", label=_l("Unit of the area"), kind=Kind.CHOICE, options=UNITS),
    Q(
        field="tenure",
        label=_l("How is the land held?"),
        short=_l("Tenure"),
        kind=Kind.CHOICE,
        options=Tenure,
        why=_l(
            "State land needs approval, appraisal and a public sale; collectively managed land needs the members’ "
            "vote and the township; household land needs the household’s consent."
        ),
        rules=("R27", "R28", "R29"),
    ),
    Q(
        field="title_document",
        label=_l("Which document shows the right to the land?"),
        short=_l("Title document"),
        kind=Kind.CHOICE,
        options=TitleDocument,
        why=_l("Without a document, or with a dispute, the contract cannot go ahead."),
        rules=("A04", "R20"),
    ),
    Q(
        field="title_number",
        label=_l("Number of the document"),
        short=_l("Number of the title document"),
        most=100,
        asked=_has_title,
    ),
    Q(
        field="title_end",
        label=_l("Last day of the right"),
        kind=Kind.DAY,
        required=False,
        asked=_has_title,
        hint=_l("For example 2049-12-31. Leave it empty if the document names no end."),
        why=_l("The contract may not outlast the right, and the right should cover the crediting period."),
        rules=("A15", "R21"),
    ),
    Q(
        field="disputed",
        label=_l("Is the right to the land in dispute?"),
        short=_l("In dispute"),
        kind=Kind.YES_NO,
        why=_l("Until a dispute is settled, nothing may be changed on the land."),
        rules=("A04", "R20"),
    ),
    Q(
        field="coowner_consent",
        label=_l("Have all co-owners agreed?"),
        short=_l("Consent of co-owners"),
        kind=Kind.CHOICE,
        options=CONSENT,
        rules=("R20",),
    ),
)

PARCELS = Section("parcels", _l("Parcels and area"), _l("Place, area, tenure and title document of each parcel"))

METHOD = Section(
    "method",
    _l("Method and its facts"),
    _l("The method, and the facts its conditions ask for"),
    (
        Q(
            field="method",
            label=_l("Which method does the project follow?"),
            short=_l("Method"),
            kind=Kind.CHOICE,
            why=_l("Only a method in force can carry a project."),
            rules=("R04",),
        ),
        Q(
            field="external_standard_id",
            label=_l("Standard and project id"),
            hint=_l("The name of the standard and the id of the project there, for example: VCS 1234"),
            why=_l("The entry carries the id, so that nothing is counted twice."),
            asked=_other,
        ),
        Q(
            field="land_setting",
            label=_l("What kind of land is planted?"),
            short=_l("Kind of land planted"),
            kind=Kind.CHOICE,
            options=LandSetting,
            asked=_planted,
            why=_l(
                "Greening along roads and rivers outside forest land, and in towns and industrial land, is left out."
            ),
            rules=("A02",),
        ),
        Q(
            field="forest_use",
            label=_l("What is the forest for?"),
            short=_l("Purpose of the forest"),
            kind=Kind.CHOICE,
            options=ForestUse,
            asked=_screened,
            why=_l("The method covers protection, special-purpose and timber forest; economic forest is left out."),
            rules=("A01", "T03"),
        ),
        Q(
            field="origin",
            label=_l("How did the forest come up?"),
            short=_l("Origin of the forest"),
            kind=Kind.CHOICE,
            options=ForestOrigin,
            asked=_ticket,
            hint=_l("As in the forest resource map. Either is allowed."),
            rules=("T03",),
        ),
        Q(
            field="start_on",
            label=_l("When did the work on the land begin, or when will it?"),
            short=_l("Start of the work"),
            kind=Kind.DAY,
            asked=_any_method,
            hint=_l("The day of the first site preparation or planting, for example 2024-03-12"),
            why=_l("A CCER project must have begun after 8 November 2012; the least area depends on the day."),
            rules=("A13", "A05"),
        ),
        Q(
            field="nonforest_since",
            label=_l("Since when has the land been without forest?"),
            short=_l("Without forest since"),
            kind=Kind.DAY,
            asked=_planted,
            hint=_l("If you know the year only, give 1 January of it"),
            why=_l("The land must not have been forest for at least three years before the work began."),
            rules=("A03",),
        ),
        Q(
            field="planned_afforestation_land",
            label=_l("Is the land planned for afforestation?"),
            short=_l("Planned for afforestation"),
            kind=Kind.YES_NO,
            asked=_planted,
            rules=("A03",),
        ),
        Q(
            field="wetland_overlap",
            label=_l("Does any parcel lie in a wetland?"),
            short=_l("In a wetland"),
            kind=Kind.YES_NO,
            asked=_planted,
            rules=("A06",),
        ),
        Q(
            field="trees_removed",
            label=_l("Were trees or bamboo that stood there removed?"),
            short=_l("Trees or bamboo removed"),
            kind=Kind.YES_NO,
            asked=_planted,
            why=_l("Scattered trees and bamboo must stay."),
            rules=("A07",),
        ),
        Q(
            field="shrub_removed_pct",
            label=_l("Share of the area where shrubs or thin bamboo were removed"),
            short=_l("Shrubs or thin bamboo removed"),
            kind=Kind.NUMBER,
            unit=_l("per cent of the project area"),
            places=2,
            asked=_planted,
            hint=_l("Shrubs, and bamboo under 2 cm at breast height. 0 if nothing was removed."),
            why=_l("At most 20 per cent of the surface may be cleared of shrubs and thin bamboo."),
            rules=("A08",),
        ),
        Q(
            field="repeat_soil_disturbance",
            label=_l("Will the soil be worked again within the crediting period?"),
            short=_l("Soil worked again"),
            kind=Kind.YES_NO,
            asked=_planted,
            hint=_l("The first site preparation does not count"),
            rules=("A09",),
        ),
        Q(
            field="burning",
            label=_l("Is anything burnt on the site?"),
            short=_l("Burning"),
            kind=Kind.CHOICE,
            options=Burning,
            asked=_planted,
            rules=("A10",),
        ),
        Q(
            field="activity_shift",
            label=_l("Does farming or grazing move elsewhere because of the project?"),
            short=_l("Farming or grazing moved"),
            kind=Kind.YES_NO,
            asked=_planted,
            why=_l("If nothing moves, no leakage is deducted."),
            rules=("A11",),
        ),
        Q(
            field="public_benefit_forest",
            label=_l("Is the land public-benefit forest?"),
            short=_l("Public-benefit forest"),
            kind=Kind.YES_NO,
            asked=_screened,
            rules=("X03",),
        ),
        Q(
            field="public_benefit_certificate",
            label=_l("Is there a paper that says so?"),
            short=_l("Paper on public-benefit forest"),
            kind=Kind.YES_NO,
            asked=_public_benefit,
            hint=_l("The delimitation record or the compensation agreement"),
            rules=("X03",),
        ),
        Q(
            field="lawful",
            label=_l("Does the work keep to law and sector policy, with every approval it needs?"),
            short=_l("Lawful, with its approvals"),
            kind=Kind.YES_NO,
            asked=_planted,
            rules=("A12",),
        ),
        Q(
            field="other_mechanism",
            label=_l("Is any of the land in another carbon project, ticket or scheme for some of the same time?"),
            short=_l("In another scheme"),
            kind=Kind.YES_NO,
            asked=_screened,
            hint=_l("Also one that was applied for and not decided yet"),
            why=_l("The same tonne may be counted once only."),
            rules=("A16", "T02"),
        ),
        Q(
            field="additionality",
            label=_l("Why is the project additional?"),
            short=_l("Additionality"),
            kind=Kind.CHOICE,
            options=ADDITIONALITY,
            asked=_planted,
            hint=_l("Tai’an has about 700 mm of rain a year, so X01 does not apply here."),
            why=_l("Three cases are exempt from the proof; otherwise barriers must be argued."),
            rules=("X01", "X02", "X03"),
        ),
        Q(
            field="monitoring_years",
            label=_l("Length of the monitoring period"),
            kind=Kind.INTEGER,
            unit=_l("years"),
            asked=_ticket,
            hint=_l("1 to 10 years; usual are 5"),
            rules=("T05",),
        ),
        Q(
            field="third_party_report",
            label=_l("Has a third party measured and reported?"),
            short=_l("Third-party report"),
            kind=Kind.YES_NO,
            asked=_ticket,
            rules=("T06",),
        ),
        Q(
            field="third_party_related",
            label=_l("Is that third party related to the owner?"),
            short=_l("Third party related to the owner"),
            kind=Kind.YES_NO,
            asked=_reported,
            hint=_l("Through ownership, management or staff"),
            rules=("T06",),
        ),
        Q(
            field="increment_t",
            label=_l("Gain in carbon stock over the monitoring period"),
            short=_l("Gain in carbon stock"),
            kind=Kind.NUMBER,
            unit=_l("tCO₂e"),
            places=2,
            asked=_reported,
            hint=_l("As the third party’s report states it"),
            rules=("T04",),
        ),
        Q(
            field="buffer_pct",
            label=_l("Share of the gain that is deducted or held back"),
            short=_l("Deduction or buffer"),
            kind=Kind.NUMBER,
            unit=_l("per cent"),
            places=2,
            asked=_reported,
            hint=_l("At least 10 per cent"),
            rules=("T09",),
        ),
        Q(
            field="note",
            label=_l("Anything else the officers should know"),
            short=_l("Remarks"),
            kind=Kind.LONG,
            most=2000,
            required=False,
            asked=_any_method,
        ),
    ),
)
