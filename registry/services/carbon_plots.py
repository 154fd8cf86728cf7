"""Sample plots from a file, one a row, and how sure the mean of their survey is."""

from collections import defaultdict

from registry.services.carbon_faults import Fault, Problem, Unusable
from registry.services.carbon_heads import Head, placed
from registry.services.carbon_tables import Table, figures_of, names_of
from workflows.carbon.uncertainty import Stratum
from workflows.carbon.units import Unit, convert

ASKED = (Head.PLOT, Head.STRATUM, Head.AREA, Head.CARBON)


def strata_of(table: Table) -> list[Stratum]:
    """The strata of plots, each with its area and what its plots hold for a hectare; raises Unusable."""
    columns = placed(table.heads, ASKED)
    carbon, faults = figures_of(table, columns[Head.CARBON])
    area, more = figures_of(table, columns[Head.AREA])
    faults += [*more, *names_of(table, columns[Head.PLOT])]
    area_ha = convert(area, columns[Head.AREA].unit or Unit.HA, Unit.HA).tolist()
    plots: defaultdict[str, list[float]] = defaultdict(list)
    areas: dict[str, tuple[float, int]] = {}
    for line, stratum, hectares, value in zip(
        table.lines, table.cells(columns[Head.STRATUM].place), area_ha, carbon.tolist(), strict=True
    ):
        known, first = areas.setdefault(stratum, (hectares, line))
        if known != hectares:
            faults.append(Fault(Problem.OTHER_AREA, line, columns[Head.AREA].name, stratum, str(first)))
        plots[stratum].append(value)
    if faults:
        raise Unusable(faults)
    return [Stratum(areas[name][0], tuple(values)) for name, values in sorted(plots.items())]
