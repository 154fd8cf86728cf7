"""Carbon accounting: stock, change and uncertainty of forest from surveyed areas, volumes and trees (domain.md §4).

Pure, and of whole columns at a time. Units end the names: `area_ha`, `volume_m3`, `tc`, `tco2e`.
"""

from workflows.carbon.change import Change, Moved, change
from workflows.carbon.columns import Coded, Columns, Fault, RowFaults, Why
from workflows.carbon.parameters import Mark, Parameters
from workflows.carbon.stock import Row, Stock, grouped, stock

__all__ = [
    "Change",
    "Coded",
    "Columns",
    "Fault",
    "Mark",
    "Moved",
    "Parameters",
    "Row",
    "RowFaults",
    "Stock",
    "Why",
    "change",
    "grouped",
    "stock",
]
