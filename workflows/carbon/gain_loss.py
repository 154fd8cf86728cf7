"""A year's gains less its losses in living biomass (IPCC 2006 vol. 4, equations 2.7 to 2.14)."""

from dataclasses import dataclass
from decimal import Decimal

from workflows.carbon.units import Unit, convert


@dataclass(frozen=True, slots=True)
class Stratum:
    """Land that grows alike: `growth` is above ground, t d.m./ha a year; `r` root to shoot, `cf` tC/t d.m."""

    area_ha: Decimal
    growth: Decimal
    r: Decimal
    cf: Decimal

    @property
    def gain_tc(self) -> Decimal:
        """Equations 2.9 and 2.10."""
        return self.area_ha * self.growth * (1 + self.r) * self.cf


@dataclass(frozen=True, slots=True)
class Removal:
    """Wood or fuelwood taken out of whole trees: `volume_m3` a year, `bcef_r` t d.m. for a cubic metre."""

    volume_m3: Decimal
    bcef_r: Decimal
    r: Decimal
    cf: Decimal

    @property
    def loss_tc(self) -> Decimal:
        """Equations 2.12 and 2.13."""
        return self.volume_m3 * self.bcef_r * (1 + self.r) * self.cf


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Fire, pests or storm: `area_ha` a year with `biomass` t d.m./ha above ground, of which the share `lost` goes."""

    area_ha: Decimal
    biomass: Decimal
    r: Decimal
    cf: Decimal
    lost: Decimal

    @property
    def loss_tc(self) -> Decimal:
        """Equation 2.14."""
        return self.area_ha * self.biomass * (1 + self.r) * self.cf * self.lost


@dataclass(frozen=True, slots=True)
class Balance:
    """One year, in tonnes of carbon."""

    strata: tuple[Stratum, ...]
    wood: tuple[Removal, ...] = ()
    fuelwood: tuple[Removal, ...] = ()
    disturbed: tuple[Disturbance, ...] = ()

    @property
    def gain_tc(self) -> Decimal:
        """What grew."""
        return sum((one.gain_tc for one in self.strata), Decimal(0))

    @property
    def loss_tc(self) -> Decimal:
        """What was taken and what was lost (equation 2.11)."""
        taken = sum((one.loss_tc for one in (*self.wood, *self.fuelwood)), Decimal(0))
        return sum((one.loss_tc for one in self.disturbed), taken)

    @property
    def change_tc(self) -> Decimal:
        """Equation 2.7; less than 0 where more was lost than grew."""
        return self.gain_tc - self.loss_tc

    @property
    def change_tco2e(self) -> Decimal:
        """The same in tonnes of carbon dioxide."""
        return convert(self.change_tc, Unit.TC, Unit.TCO2E)
