"""The names of the units of the plan."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

UNIT_NAMES: Mapping[str, LazyString] = {
    "370902": _l("Forestry centre of Taishan District"),
    "370911": _l("Forestry centre of Daiyue District"),
    "370921": _l("Forestry centre of Ningyang County"),
    "370923": _l("Forestry centre of Dongping County"),
    "370982": _l("Forestry centre of Xintai City"),
    "370983": _l("Forestry centre of Feicheng City"),
    "TA-GX": _l("Rural work office of Tai’an High-tech Zone"),
    "TA-TS": _l("Heritage protection department of Mount Tai Scenic Area"),
    "TA-CLS": _l("Culai Mountain Forest Farm"),
    "TA-LKY": _l("Tai’an Academy of Forestry"),
}
"""By the key of `workflows.units`."""
