"""The answers on a partnership contract in which no rule finds anything grave, page by page."""

from collections.abc import Mapping
from typing import Any

PARTNER_CODE, OTHER_CODE = "91370900MA00000018", "91370100MA00000023"
CONTRACT: dict[str, dict[str, Any]] = {
    "contract": {
        "has_partner": True,
        "partner_name": "示例合作方",
        "partner_credit_code": PARTNER_CODE,
        "nature": "cooperation",
        "area_mu": "600",
        "start_on": "2026-01-01",
        "end_on": "2035-12-31",
        "price_formula": "floor_and_share",
        "price_yuan": "180000",
        "owner_share_pct": "70",
        "partner_share_pct": "30",
        "appraised_yuan": "200000",
        "transfers_land_rights": False,
    },
    "contract_terms": {
        "exclusive": False,
        "start_milestone": True,
        "start_within_months": 6,
        "idle_exit": True,
        "retransfer": "with_consent",
        "owner_liable": False,
        "owner_may_terminate": True,
        "penalty_one_sided": False,
        "penalty_pct": "20",
        "price_review": True,
        "terms_present": [
            *("parties", "parcels", "term", "use"),
            *("price_and_payment", "end_of_term_timber", "breach"),
        ],
    },
    "contract_costs": {
        **{f"bearer_{cost}": "partner" for cost in ("pdd", "validation", "monitoring", "verification", "replanting")},
        "claims_zero_cost": False,
        "costs_deducted_first": False,
        "higher_share_for_costs": False,
        "lists_costs": False,
        "promises_income": False,
    },
    "contract_text": {"text": "乙方协助甲方开展森林经营，收益按实际登记的减排量结算。乙方不保证收益。"},
}


def with_partner(**changed: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Sections of an application with a partner; keyword arguments change single answers of a section."""
    return {name: {**data, **changed.get(name, {})} for name, data in CONTRACT.items()} | {
        name: dict(data) for name, data in changed.items() if name not in CONTRACT
    }
