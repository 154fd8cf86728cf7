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
from workflows.facts.land import ParcelFacts
from workflows.facts.policy import ChangeFacts

__all__ = [
    "ChangeFacts",
    "ClockFacts",
    "FoundAside",
    "MeetingFacts",
    "NoticeFacts",
    "Overlap",
    "PanelFacts",
    "ParcelFacts",
    "ProjectFacts",
    "SittingFacts",
]
