"""What is known when something is judged: plain values, each a frozen dataclass."""

from workflows.facts.case import (
    ClockFacts,
    FoundAside,
    MeetingFacts,
    NoticeFacts,
    Overlap,
    PanelFacts,
    ProjectFacts,
    SittingFacts,
)
from workflows.facts.contract import ContractFacts, CostBearer, CostItem, PartnerContract, RivalClaim
from workflows.facts.greening import CompletionFacts
from workflows.facts.land import ParcelFacts
from workflows.facts.pilot import PilotFacts
from workflows.facts.policy import ChangeFacts
from workflows.facts.report import PlotGap, PlotMean, PlotWhy, ReportFacts, StratumGap, SurveyFault
from workflows.facts.site import SiteFacts

__all__ = [
    "ChangeFacts",
    "ClockFacts",
    "CompletionFacts",
    "ContractFacts",
    "CostBearer",
    "CostItem",
    "FoundAside",
    "MeetingFacts",
    "NoticeFacts",
    "Overlap",
    "PanelFacts",
    "ParcelFacts",
    "PartnerContract",
    "PilotFacts",
    "PlotGap",
    "PlotMean",
    "PlotWhy",
    "ProjectFacts",
    "ReportFacts",
    "RivalClaim",
    "SiteFacts",
    "SittingFacts",
    "StratumGap",
    "SurveyFault",
]
