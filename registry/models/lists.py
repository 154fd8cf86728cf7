"""What lists are read by, so that a page takes as long with a million projects as with a thousand.

The database keeps both tables by triggers on `cases` (migration 0010); the application only reads them.
"""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.extensions import Base
from registry.models.columns import str_enum, text
from workflows.states import ProjectState

AREA_SCALE = 10_000


class CaseCount(Base):
    """How many cases there are of one kind, and their area together; no row where there was never one.

    `scheme` and `district_code` are "" where a case has none. `entered`: 1 with an entry in the library, else 0.
    `area_scaled` is in 1/AREA_SCALE mu: whole numbers are added and taken away without error.
    """

    __tablename__ = "case_counts"

    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True)
    state: Mapped[ProjectState] = mapped_column(str_enum(ProjectState), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(40), primary_key=True)
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    entered: Mapped[int] = mapped_column(primary_key=True)
    cases: Mapped[int]
    area_scaled: Mapped[int] = mapped_column(BigInteger)


class CaseWords(Base):
    """The words a case is found by, in small letters: its name, its numbers, its applicant's and agent's names.

    Their pairs of characters and runs of digits are indexed (`queries/search.py`), so that Chinese words of two
    characters, and parts of numbers, are found without reading every case.
    """

    __tablename__ = "case_words"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[text]
