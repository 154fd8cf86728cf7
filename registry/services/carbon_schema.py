"""The JSON Schema of a survey, with an example; CSV has the same heads."""

from typing import Any

from registry.services.carbon_heads import KINDS, NAMES, SPELLINGS, TOLD, Head
from registry.services.carbon_tables import ASKED
from workflows.carbon.units import SIZES


def schema() -> dict[str, Any]:
    """What `flask carbon` takes: one entry a sub-compartment, any further columns to group by."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "allOf": [{"anyOf": [{"required": [name]} for name in _names(head)]} for head in ASKED],
            "properties": {name: _shape(head) for head in ASKED for name in _names(head)},
            "additionalProperties": {"type": ["string", "number", "null"]},
        },
        "examples": [TOLD["example"]],
    }


def _names(head: Head) -> list[str]:
    """The heads of a column as they may be written; every unit in brackets."""
    if head not in KINDS:
        return sorted(NAMES[head])
    units = [written for written, unit in SPELLINGS.items() if SIZES[unit][0] in KINDS[head]]
    return [f"{name}({unit})" for name in sorted(NAMES[head]) for unit in units]


def _shape(head: Head) -> dict[str, Any]:
    return {"type": "number", "minimum": 0} if head in KINDS else {"type": ["string", "number", "null"]}
