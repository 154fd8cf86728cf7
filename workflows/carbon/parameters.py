"""The parameters of a method version on a day, from `workflows/policy/carbon/`: dated, with source and confidence."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from workflows.policy.values import Confidence, Language, PolicyError, language

PLACE = Path(__file__).parents[1] / "policy" / "carbon"
VOLUME_METHOD = "AR-CM-001-V01"
"""The only version whose volume table is on file."""
SURE = frozenset({Confidence.SEEN})


@dataclass(frozen=True, slots=True)
class Species:
    """A tree species, or a group, as forest surveys code it."""

    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        """Its name in the reader's language."""
        return self.name_zh if language(lang) is Language.ZH else self.name_en


@dataclass(frozen=True, slots=True)
class Mark:
    """A parameter that was used and is not verified, or that stands in for one: what it is, and why it is marked."""

    key: str
    confidence: Confidence
    source_zh: str
    source_en: str
    proxy_of: str = ""

    @property
    def unverified(self) -> bool:
        """Whether the table it was used for prints 参数未核实."""
        return self.confidence not in SURE

    def source(self, lang: str) -> str:
        """Where the parameter comes from."""
        return self.source_zh if language(lang) is Language.ZH else self.source_en


@dataclass(frozen=True, slots=True)
class Factors:
    """A row of a volume table: `wd` t d.m./m3, `bef` above ground to stem, `r` root to shoot, `cf` tC/t d.m."""

    code: str
    wd: Decimal
    bef: Decimal
    r: Decimal
    cf: Decimal
    mark: Mark

    @property
    def tc_per_m3(self) -> Decimal:
        """Carbon of all living biomass for a cubic metre of stem."""
        return self.wd * self.bef * (1 + self.r) * self.cf


@dataclass(frozen=True, slots=True)
class Band:
    """What is taken off where the uncertainty of a survey is above `above_pct` and at most `upto_pct`."""

    above_pct: Decimal
    upto_pct: Decimal
    deduction_pct: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """A single dated figure of a method, such as its deduction for non-permanence."""

    value: Decimal
    unit: str
    since: date
    mark: Mark


@dataclass(frozen=True)
class Parameters:
    """What one method version reckons with on one day."""

    method: str
    on: date
    species: Mapping[str, Species]
    factors: Mapping[str, Factors]
    bands: tuple[Band, ...] = ()
    bands_mark: Mark | None = None
    measures: Mapping[str, Measure] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def base(cls, on: date, method: str = VOLUME_METHOD) -> Self:
        """The parameters of the files beside the policy; raises KeyError for a method without a file."""
        return cls.read(PLACE, on, method)

    @classmethod
    def read(cls, place: Path, on: date, method: str) -> Self:
        """The parameters in a folder; of several entries for one thing the last in force holds. Raises PolicyError."""
        path = place / f"{method}.toml"
        if not path.is_file():
            raise KeyError(f"no parameters of the method {method!r}")
        told = _toml(path)
        species = {entry["code"]: _species(entry) for entry in _toml(place / "species.toml")["species"]}
        factors = _factors(told, on, method)
        if stray := sorted(set(factors) - set(species)):
            raise PolicyError(f"{path.name} holds factors of unknown species: {', '.join(stray)}")
        bands = _in_force(told.get("band", []), told.get("bands", {}), on)
        return cls(
            method=method,
            on=on,
            species=MappingProxyType(species),
            factors=MappingProxyType(factors),
            bands=tuple(Band(e["above_pct"], e["upto_pct"], e["deduction_pct"]) for e in map(_decimals, bands)),
            bands_mark=_mark(f"{method}/bands", bands[0]) if bands else None,
            measures=MappingProxyType(_measures(told, on, method)),
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every code, name and alias → the code."""
        found: dict[str, str] = {}
        for one in self.species.values():
            for name in (one.code, one.name_zh, one.name_en, *one.aliases):
                if found.setdefault(name.casefold(), one.code) != one.code:
                    raise PolicyError(f"two species bear the name {name!r}")
        return MappingProxyType(found)

    def code(self, word: str) -> str | None:
        """The species a word means, by code, name or alias; None: no such species."""
        return self.names.get(word.strip().casefold())

    @cached_property
    def revision(self) -> str:
        """A digest of everything that is reckoned with: another one may give other results."""
        return sha256(
            repr((self.method, sorted(self.factors.items()), self.bands, sorted(self.measures.items()))).encode()
        ).hexdigest()


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


def _species(entry: Mapping[str, Any]) -> Species:
    return Species(entry["code"], entry["name_zh"], entry["name_en"], tuple(entry.get("aliases", ())))


def _decimals(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: Decimal(value) if isinstance(value, int) else value for key, value in entry.items()}


def _in_force(entries: list[dict[str, Any]], head: Mapping[str, Any], on: date) -> list[dict[str, Any]]:
    """The entries in force that day, each with what the head of its table says for all."""
    whole = [{**head, **entry} for entry in entries]
    return sorted((entry for entry in whole if entry["since"] <= on), key=lambda entry: entry["since"])


def _mark(key: str, entry: Mapping[str, Any], proxy_of: str = "") -> Mark:
    return Mark(key, Confidence(entry["confidence"]), entry["source_zh"], entry["source_en"], proxy_of)


def _factors(told: Mapping[str, Any], on: date, method: str) -> dict[str, Factors]:
    found: dict[str, Factors] = {}
    for entry in map(_decimals, _in_force(told.get("factors", []), told.get("table", {}), on)):
        for code in entry["species"]:
            mark = _mark(f"{method}/{code}", entry)
            found[code] = Factors(code, entry["wd"], entry["bef"], entry["r"], entry["cf"], mark)
    for entry in _in_force(told.get("proxy", []), {}, on):
        for code in entry["species"]:
            stands_in = found[entry["of"]]
            found[code] = replace(stands_in, code=code, mark=_mark(f"{method}/{code}", entry, entry["of"]))
    return found


def _measures(told: Mapping[str, Any], on: date, method: str) -> dict[str, Measure]:
    listed = map(_decimals, _in_force(told.get("measure", []), {}, on))
    return {e["key"]: Measure(e["value"], e["unit"], e["since"], _mark(f"{method}/{e['key']}", e)) for e in listed}
