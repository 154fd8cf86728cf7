"""The stock of an inventory by species and county, against plain numpy and a loop over ORM objects, equal totals first.

Warm: the columns are ready. Cold: the rows come out of the table `subcompartments` of an SQLite file. The plain numpy
reference knows its species as numbers and checks nothing; ours names every row that cannot be reckoned.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

from bench.tools import CAVEAT, arguments, in_turn, say, table
from registry.models.inventory import SubCompartment
from workflows.carbon import Coded, Columns, Parameters, grouped, stock

P = Parameters.base(date(2026, 11, 20))
SPECIES = ("350", "200", "180", "190", "465", "410", "530", "150")
COUNTIES = tuple(f"3709{number:02d}" for number in range(11))
FACTORS = {code: float(P.factors[code].tc_per_m3) for code in SPECIES}
QUERY = "SELECT species_code, district_code, area_mu, volume_m3 FROM subcompartments"
LOOP_UPTO = 100_000

Totals = Mapping[str, float]


def made(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Made-up rows, the same in every run: species, county, mu, m3."""
    pick = np.random.default_rng(20261120)
    area = np.round(pick.uniform(5, 200, number), 2)
    return (
        pick.integers(0, 8, number),
        pick.integers(0, 11, number),
        area,
        np.round(area * pick.uniform(1, 8, number), 2),
    )


def fill(path: Path, number: int) -> None:
    """A file with the table and its rows."""
    engine = create_engine(f"sqlite:///{path}")
    SubCompartment.__table__.create(engine)
    species, county, area, volume = made(number)
    fixed = {"township": "", "village": "", "farm": "", "forest_district": "", "compartment": "", "sub_compartment": ""}
    rest = {"version_id": 1, "land_kind": "forest", "cause": "none", "note": "", **fixed}
    with engine.begin() as connection:
        for start in range(0, number, 50_000):
            rows = [
                {
                    **rest, "row_no": n, "code": str(n), "species_code": SPECIES[species[n]],
                    "district_code": COUNTIES[county[n]], "area_mu": float(area[n]), "volume_m3": float(volume[n]),
                }
                for n in range(start, min(start + 50_000, number))
            ]  # fmt: skip
            connection.execute(insert(SubCompartment.__table__), rows)
    engine.dispose()


def plain(species: np.ndarray, county: np.ndarray, area_ha: np.ndarray, volume: np.ndarray) -> Totals:
    """Plain numpy on numbers that stand for species and counties."""
    tc = volume * np.array([FACTORS[code] for code in SPECIES])[species]
    by_species = [np.bincount(species, w, len(SPECIES)) for w in (area_ha, volume, tc)]
    by_county = [np.bincount(county, w, len(COUNTIES)) for w in (area_ha, volume, tc)]
    np.bincount(species), np.bincount(county)  # the rows of each, which ours counts too
    return dict(zip((*SPECIES, *COUNTIES), (*by_species[2], *by_county[2]), strict=True))


def ours(columns: Columns, county: Coded) -> Totals:
    """The stock as the pages take it."""
    found = stock(columns, P)
    return {row.key: row.tc for row in (*found.species, *grouped(found, county))}


def cold(engine: Any, reckon: Callable[[list[Any]], Totals]) -> Callable[[], Totals]:
    """The rows of the file, then the sums."""

    def run() -> Totals:
        raw = engine.raw_connection()
        try:
            return reckon(raw.cursor().execute(QUERY).fetchall())
        finally:
            raw.close()

    return run


def cold_plain(rows: list[Any]) -> Totals:
    """What somebody would write by hand: two dictionaries and numpy."""
    species, county, area, volume = zip(*rows, strict=True)
    number = {code: n for n, code in enumerate(SPECIES)}, {code: n for n, code in enumerate(COUNTIES)}
    coded = [
        np.fromiter(map(of.__getitem__, words), np.int32) for of, words in zip(number, (species, county), strict=True)
    ]
    return plain(*coded, np.array(area, np.float64) / 15, np.array(volume, np.float64))


def cold_ours(rows: list[Any]) -> Totals:
    """Ours from the same rows."""
    species, county, area, volume = zip(*rows, strict=True)
    return ours(Columns(species, np.array(area, np.float64) / 15, volume), Coded.of(county))


def loop(engine: Any) -> Callable[[], Totals]:
    """A loop over ORM objects."""

    def run() -> Totals:
        sums: defaultdict[str, float] = defaultdict(float)
        with Session(engine) as session:
            for row in session.scalars(select(SubCompartment)):
                tc = float(row.volume_m3) * FACTORS[row.species_code]
                sums[row.species_code] += tc
                sums[row.district_code] += tc
        return sums

    return run


def same(variants: Mapping[str, Callable[[], Totals]]) -> None:
    """Stop where two variants differ in a sum."""
    first, *others = [dict(do()) for do in variants.values()]
    for other in others:
        if first.keys() != other.keys() or not all(isclose(first[k], other[k], rel_tol=1e-9) for k in first):
            raise SystemExit(f"totals differ: {first} against {other}")


def main() -> None:
    """Compare, then print milliseconds and ratios."""
    asked = arguments(__doc__ or "")
    sizes, times = ((1_000, 10_000), 2) if asked.quick else ((10_000, 100_000, 1_000_000), 5)
    lines, warm_ms = [], {}
    for number in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.db"
            fill(path, number)
            engine = create_engine(f"sqlite:///{path}")
            species, county, area, volume = made(number)
            area_ha = area / 15
            columns = Columns(Coded(species.astype(np.int32), SPECIES), area_ha, volume)
            counties = Coded(county.astype(np.int32), COUNTIES)
            small = columns.species.codes, counties.codes
            variants: dict[str, Callable[[], Totals]] = {
                "numpy": lambda: plain(*small, area_ha, volume),  # noqa: B023 (called within the turn)
                "ours": lambda: ours(columns, counties),  # noqa: B023
                "fetch, numpy": cold(engine, cold_plain),
                "fetch, ours": cold(engine, cold_ours),
            }
            if number <= LOOP_UPTO:
                variants["ORM loop"] = loop(engine)
            same(variants)
            spans = {name: 1000 * span for name, span in in_turn(variants, times).items()}
            engine.dispose()
        warm_ms[number] = spans["ours"]
        by_loop = spans.get("ORM loop")
        lines.append((
            number, spans["numpy"], spans["ours"], spans["ours"] / spans["numpy"], spans["fetch, numpy"],
            spans["fetch, ours"], spans["fetch, ours"] / spans["fetch, numpy"],
            *((by_loop, by_loop / spans["ours"], by_loop / spans["fetch, ours"]) if by_loop else ("–",) * 3),
        ))  # fmt: skip
    heads = ("rows", "numpy", "warm", "×", "fetch+numpy", "cold", "×", "ORM loop", "loop/warm", "loop/cold")
    table("Stock by species and county, ms", heads, lines)
    last, before = sizes[-1], sizes[-2]
    say(f"\nGrowth {before:,} → {last:,}, warm: {warm_ms[last] / warm_ms[before]:.1f}×")
    say(f"\n{CAVEAT}")


if __name__ == "__main__":
    main()
