"""Two applications for the same land are handed in at the same moment: one of them is barred, on both engines."""

import tempfile
from pathlib import Path

import pytest

from registry.clock import today
from registry.services import facts
from registry.services.policy import current
from tests import postgres
from tests.proof.city import City
from tests.proof.racers import Racers
from tests.world import PARCEL
from workflows.gates import judge

NO_SERVER = pytest.mark.skipif(bool(postgres.why_not()), reason=f"PostgreSQL: {postgres.why_not()}")
ROUNDS = 3


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=NO_SERVER)])
def test_of_two_who_claim_the_same_land_at_once_one_is_barred(engine: str) -> None:
    with tempfile.TemporaryDirectory(prefix="tailin-land-", dir=postgres.memory()) as folder:
        city = City(engine, Path(folder))
        land = {"parcels": {"parcels": [{**PARCEL, "village": "青石峪"}]}}
        with city.running():
            drafts = [(city.world.draft(**land), city.world.draft(**land)) for _ in range(ROUNDS)]
        racers = Racers(2, city.url, Path(folder), city.people)
        try:
            for first, second in drafts:
                city._let_go()
                assert racers.race([(("project", case), ("submit", "owner", 1, {})) for case in (first, second)]) == [
                    "ok",
                    "ok",
                ]
                with city.running():
                    barred = [_barred(city, case_id) for case_id in (first, second)]
                    assert sorted(barred) == [False, True], barred
                    ahead = (first, second)[barred.index(False)]
                    city.world.act(ahead, "withdraw", "owner", words="不做了")
                    assert not _barred(city, (first, second)[barred.index(True)]), "the land is free again"
                    city.world.act((first, second)[barred.index(True)], "withdraw", "owner", words="不做了")
        finally:
            racers.close()
            city.close()


def _barred(city: City, case_id: int) -> bool:
    known = facts.project_facts(city.world.case(case_id), current(), today())
    return bool([o for o in judge(("S20",), known, current()) if o.blocks])
