"""What a survey holds and what moved, as plain values: what `flask carbon` prints."""

from collections.abc import Iterable, Sequence
from typing import Any

from registry.services.carbon_faults import Fault
from registry.services.carbon_tables import Survey
from workflows.carbon import Mark, Moved, Parameters, Row, change, grouped, stock
from workflows.carbon.change import change_by
from workflows.carbon.uncertainty import Stratum, Unsure, uncertainty

SPECIES = "species"


def stock_told(survey: Survey, parameters: Parameters, by: Iterable[str], strata: Sequence[Stratum], lang: str) -> Any:
    """The stock of a survey: in all, by species and by each head in `by`; raises Unusable for one that is not there."""
    found = stock(survey.columns, parameters)
    groups = {head: [_row(row) for row in grouped(found, survey.key(head))] for head in by}
    return {
        **_head(parameters),
        **_sums(found.total),
        "by": {SPECIES: [_species(row, parameters, lang) for row in found.species], **groups},
        **_sure(strata),
        **_marks(found.marks, lang),
    }


def change_told(old: Survey, new: Survey, parameters: Parameters, years: float, by: Iterable[str], lang: str) -> Any:
    """What moved between two surveys: totals are those of the change; raises Unusable for a head that is not there."""
    before, after = (stock(one.columns, parameters) for one in (old, new))
    found = change(before, after, years)
    groups = {
        head: [_moved(row) for row in change_by((before, old.key(head)), (after, new.key(head)), years)] for head in by
    }
    return {
        **_head(parameters),
        "years": years,
        "total_tc": found.total.delta_tc,
        "total_tco2e": found.total.delta_tco2e,
        "tc_per_year": found.total.tc_per_year,
        "tco2e_per_year": found.total.tco2e_per_year,
        "old": _sums(before.total),
        "new": _sums(after.total),
        "by": {
            SPECIES: [{**_moved(row), "name": _name(row.key, parameters, lang)} for row in found.species],
            **groups,
        },
        **_sure(()),
        **_marks(found.marks, lang),
    }


def warned(told: Any, suspected: Sequence[Fault]) -> bool:
    """Whether a result asks somebody to look: a parameter not verified, an uncertainty unknown, columns confirmed."""
    return bool(told["marks"] or suspected or told["uncertainty_pct"] is None)


def _head(parameters: Parameters) -> dict[str, Any]:
    return {"method": parameters.method, "on": parameters.on.isoformat(), "parameters": parameters.revision}


def _sums(row: Row) -> dict[str, Any]:
    return {
        "rows": row.rows,
        "area_ha": row.area_ha,
        "volume_m3": row.volume_m3,
        "total_tc": row.tc,
        "total_tco2e": row.tco2e,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "rows": row.rows,
        "area_ha": row.area_ha,
        "volume_m3": row.volume_m3,
        "tc": row.tc,
        "tco2e": row.tco2e,
    }


def _species(row: Row, parameters: Parameters, lang: str) -> dict[str, Any]:
    used = row.factors
    factors = {name: str(getattr(used, name)) for name in ("wd", "bef", "r", "cf")} if used else {}
    return {
        **_row(row),
        "name": _name(row.key, parameters, lang),
        **factors,
        "marks": [mark.key for mark in row.marks],
    }


def _moved(row: Moved) -> dict[str, Any]:
    return {
        "key": row.key,
        "old_area_ha": row.old.area_ha,
        "new_area_ha": row.new.area_ha,
        "old_tc": row.old.tc,
        "new_tc": row.new.tc,
        "tc": row.delta_tc,
        "tco2e": row.delta_tco2e,
        "tco2e_per_year": row.tco2e_per_year,
        "tco2e_per_mu_year": row.tco2e_per_mu_year,
    }


def _name(code: str, parameters: Parameters, lang: str) -> str:
    return parameters.species[code].name(lang) if code else ""


def _sure(strata: Sequence[Stratum]) -> dict[str, Any]:
    found = uncertainty(strata)
    if isinstance(found, Unsure):
        return {"uncertainty_pct": None, "uncertainty_unknown": found.value}
    return {"uncertainty_pct": found.pct, "uncertainty_unknown": None}


def _marks(marks: Iterable[Mark], lang: str) -> dict[str, Any]:
    return {
        "marks": [
            {
                "key": mark.key,
                "confidence": mark.confidence.value,
                "unverified": mark.unverified,
                "proxy_of": mark.proxy_of or None,
                "source": mark.source(lang),
            }
            for mark in marks
        ]
    }
