"""Papers as PDF: a function of plain values, so that a paper can be tested, frozen and made again byte for byte."""

from registry.documents.letterhead import render_report
from registry.documents.sheet import render

__all__ = ["render", "render_report"]
