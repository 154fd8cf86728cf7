"""The answers of a demo case, in the shapes of `registry/application.py`, from its short table."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from registry.application import area_mu

YEAR = re.compile(r"\{y([+-]\d+)?\}")
CENT = Decimal("0.01")
TITLE_NUMBER = "示例第{:02d}{:02d}号"

Spec = Mapping[str, Any]


def dated(value: Any, on: date) -> Any:
    """`{y}`, `{y-2}` and `{y+40}` in texts become years counted from the day of loading."""
    if isinstance(value, str):
        return YEAR.sub(lambda found: str(on.year + int(found[1] or 0)), value)
    if isinstance(value, Mapping):
        return {key: dated(item, on) for key, item in value.items()}
    return [dated(item, on) for item in value] if isinstance(value, list) else value


def of(
    spec: Spec,
    words: Spec,
    contracts: Spec,
    organisations: Mapping[str, Spec],
    vvb_id: int | None,
    on: date,
    place: int,
) -> dict[str, Any]:
    """Section → answers. `vvb_id`: the validation body's number here; `on`: the day of loading; `place`: the case's."""
    scheme = spec["scheme"]
    sections = {
        "basics": {
            "name": spec["name"],
            "scheme": scheme,
            "activity": spec["activity"],
            "summary": f"{spec['text']}{words['sources'][spec['source']]}",
            "contact_name": "示例联系人",
            "contact_phone": "0538-0000000",
        },
        "parcels": _parcels(spec["parcels"], place),
        "method": {**words["method"][scheme], **_measured(spec), **spec.get("method", {})},
        **_contract(spec, contracts, organisations),
        "crediting": _crediting(spec, vvb_id),
        "declarations": {"true": True, "unique": True, "consent": True},
    }
    return {name: dated(data, on) for name, data in sections.items()}


def _parcels(parcels: list[Spec], place: int) -> dict[str, Any]:
    listed = []
    for no, said in enumerate(parcels, 1):
        unit = said.get("unit", "mu")
        parcel = {
            "key": f"p{no}",
            "name": said["name"],
            "subcompartment": f"{said['district']}-{place:02d}{no:02d}",
            "district_code": said["district"],
            "area": said["area"],
            "unit": unit,
            "area_mu": f"{area_mu(Decimal(said['area']), unit).normalize():f}",
            "tenure": said["tenure"],
            "title_document": said["title"],
            "title_number": TITLE_NUMBER.format(place, no),
            "disputed": said.get("disputed", False),
            "coowner_consent": said.get("consent", "not_needed"),
        }
        more = {"title_end": said.get("end"), "village": said.get("village")}
        listed.append(parcel | {key: value for key, value in more.items() if value})
    return {"parcels": listed, "last_key": len(listed)} if listed else {}


def _area(spec: Spec) -> Decimal:
    return sum((area_mu(Decimal(p["area"]), p.get("unit", "mu")) for p in spec["parcels"]), Decimal(0))


def _contract(spec: Spec, contracts: Spec, organisations: Mapping[str, Spec]) -> dict[str, Any]:
    """The pages on the contract."""
    said = spec.get("contract")
    if said is None:
        return {"contract": {"has_partner": False}}
    partner, pages = organisations[said["partner"]], contracts[said["like"]]
    main = {
        "has_partner": True,
        "partner_name": partner["name"],
        "partner_credit_code": partner["credit_code"],
        "nature": said["nature"],
        "area_mu": f"{_area(spec).normalize():f}",
        "start_on": "{y-1}-01-01",
        "end_on": f"{{y{said['years'] - 2:+d}}}-12-31",
        "price_formula": said["formula"],
        **({"price_yuan": said["price"]} if "price" in said else {}),
        **_shares(said),
        **pages["contract"],
        "note": said.get("note", ""),
    }
    return {**pages, "contract": main}


def _shares(said: Spec) -> dict[str, str]:
    if "owner" not in said:
        return {}
    owner = Decimal(said["owner"])
    return {"owner_share_pct": f"{owner}", "partner_share_pct": f"{100 - owner}"}


def _measured(spec: Spec) -> dict[str, Any]:
    """What the third party of a ticket reports: five years' growth."""
    gain = _area(spec) * Decimal(spec["rate"]) * 5
    return {"increment_t": f"{gain.quantize(CENT)}"} if spec["scheme"] == "local_ticket" else {}


def _crediting(spec: Spec, vvb_id: int | None) -> dict[str, Any]:
    first = spec.get("from", -2 if spec["scheme"] == "ccer" else -5)
    annual = (_area(spec) * Decimal(spec["rate"])).quantize(CENT)
    ccer = spec["scheme"] == "ccer"
    return {
        "start_on": f"{{y{first:+d}}}-01-01",
        "end_on": f"{{y{first + spec['years'] - 1:+d}}}-12-31",
        **({"life_end": f"{{y{first + spec['years'] + 19:+d}}}-12-31", "claim_on": "{y+1}-06-30"} if ccer else {}),
        "expected_annual_t": f"{annual}",
        "expected_total_t": f"{annual * spec['years']}",
        **({"vvb_org_id": str(vvb_id)} if vvb_id else {}),
    }


def screening(clauses: tuple[str, ...], method: Spec, evidence: Spec) -> dict[str, dict[str, str]]:
    """Clause → verdict and evidence, as an officer of the demo gives them: met, but for exemptions not claimed."""
    claimed = {"x01": "X01", "x02": "X02", "x03": "X03"}.get(method.get("additionality", ""))
    given = {}
    for clause in clauses:
        verdict = "not_met" if clause.startswith("X") and clause != claimed else "met"
        given[clause] = {"verdict": verdict, "evidence": evidence[clause]}
    return given
