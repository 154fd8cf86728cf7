"""The sub-compartments of an inventory as columns to reckon with; the rows come as plain values, not as objects."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Float, String, cast, select, type_coerce

from registry.extensions import db
from registry.models.inventory import SubCompartment
from workflows.carbon import Coded, Columns
from workflows.carbon.units import Unit, convert

KEYS = ("district_code", "farm", "forest_district", "age_group", "tenure")
"""What a stock is divided by, besides the species."""


@dataclass(frozen=True)
class Standing:
    """An inventory as columns: species, area and volume, and by what it is divided."""

    columns: Columns
    keys: Mapping[str, Coded]


def standing(version_id: int) -> Standing:
    """All rows of a version, in their order."""
    asked = (SubCompartment.species_code, *(getattr(SubCompartment, key) for key in KEYS))
    words = (type_coerce(column, String) for column in asked)
    figures = (cast(column, Float) for column in (SubCompartment.area_mu, SubCompartment.volume_m3))
    of_version = SubCompartment.version_id == version_id
    rows = db.session.execute(select(*figures, *words).where(of_version).order_by(SubCompartment.row_no)).all()
    area_mu, volume_m3, species, *keys = zip(*rows, strict=True) if rows else ((),) * (3 + len(KEYS))
    area_ha = convert(np.array(area_mu, np.float64), Unit.MU, Unit.HA)
    return Standing(
        Columns(species, area_ha, np.array(volume_m3, np.float64)),
        dict(zip(KEYS, map(Coded.of, keys), strict=True)),
    )
