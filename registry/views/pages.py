"""A page of a list in an address: which one is asked for, and the links to those beside it."""

import re
from collections.abc import Mapping

from flask import request, url_for

from registry.queries.paging import Page, Place


def page_no() -> int:
    """The number of the page the address asks for."""
    digits = request.args.get("page", "")
    return int(digits) if re.fullmatch(r"[0-9]{1,6}", digits) else 1


def place() -> Place:
    """The page the address asks for, and the cursor its link carried."""
    return Place(page_no(), request.args.get("after", ""), request.args.get("before", ""))


def links(page: Page, endpoint: str, chosen: Mapping[str, object]) -> dict[str, object]:
    """What the pagination shows; the search goes along in the links, and so does the place in a long list."""
    said = {key: value for key, value in chosen.items() if value}

    def url(no: int, **cursor: str) -> str | None:
        from_there = {key: value for key, value in cursor.items() if value and no > 1}
        return url_for(endpoint, **said, page=no, **from_there) if 1 <= no <= page.pages else None  # type: ignore[arg-type]

    return {
        "prev_url": url(page.no - 1, before=page.before),
        "next_url": url(page.no + 1, after=page.after),
        "more": page.more,
        "first": page.first,
        "last": page.last,
        "total": page.total,
    }
