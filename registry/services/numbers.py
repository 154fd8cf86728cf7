"""Numbers without gaps, allotted in the transaction of the act that uses them."""

from sqlalchemy import select, text

from registry.extensions import db
from registry.models import Case, NumberCounter

SCHEME_CODES = {"ccer": "CCER", "local_ticket": "TP", "other_standard": "QT"}


def allot(series: str, year: int) -> int:
    """The next number of a series in a year, from 1; the counter's row stays locked to the end."""
    # Two first numbers of a year may race; the one that comes second finds the counter there.
    db.session.execute(
        text(
            # On SQLite the guard of the table sees the row before ON CONFLICT does, so it must not come at all.
            "INSERT INTO number_counters (series, year, last) SELECT CAST(:s AS VARCHAR), CAST(:y AS INTEGER), 0"
            " WHERE NOT EXISTS (SELECT 1 FROM number_counters WHERE series = :s AND year = :y)"
            " ON CONFLICT (series, year) DO NOTHING"
        ),
        {"s": series, "y": year},
    )
    query = (
        select(NumberCounter)
        .where(NumberCounter.series == series, NumberCounter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    counter = db.session.scalars(query).one()
    counter.last += 1
    db.session.flush()
    return counter.last


def case_number(year: int) -> str:
    """办件编号: TL, year, six digits."""
    return f"TL{year}{allot('case', year):06d}"


def project_number(case: Case, year: int) -> str:
    """项目编号: TA-scheme-GB code of the largest area-year-four digits, counted per year over all schemes."""
    scheme = SCHEME_CODES[case.scheme.value] if case.scheme else "QT"
    return f"TA-{scheme}-{case.district_code or '370900'}-{year}-{allot('project', year):04d}"
