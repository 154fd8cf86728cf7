"""What is taken off a quantity before it is certified. What is not known is not taken for nothing."""

from decimal import Decimal

from workflows.carbon.parameters import Measure, Parameters

HUNDRED = Decimal(100)
RISK = "non_permanence_risk_pct"


def precision_deduction_pct(uncertainty_pct: Decimal | None, parameters: Parameters) -> Decimal | None:
    """What the method takes off for the uncertainty of a survey, per cent.

    None: the uncertainty is unknown, the method has no bands on file, or it is above the last one (more plots needed).
    """
    if uncertainty_pct is None or not uncertainty_pct.is_finite() or uncertainty_pct < 0:
        return None
    for band in parameters.bands:
        if uncertainty_pct <= band.upto_pct:
            return band.deduction_pct
    return None


def risk(parameters: Parameters) -> Measure | None:
    """The method's deduction for non-permanence; None: none on file."""
    return parameters.measures.get(RISK)


def less(tonnes: Decimal, pct: Decimal) -> Decimal:
    """A quantity with a deduction. A loss grows by it: either way the result is the careful one."""
    return tonnes - abs(tonnes) * pct / HUNDRED


def certifiable(change_tco2e: Decimal, baseline_tco2e: Decimal, leakage_tco2e: Decimal, risk_pct: Decimal) -> Decimal:
    """`(ΔC_PROJ − ΔC_BSL − LK)·(1 − K_RISK)`, tonnes of carbon dioxide, not yet rounded."""
    return less(change_tco2e - baseline_tco2e - leakage_tco2e, risk_pct)
