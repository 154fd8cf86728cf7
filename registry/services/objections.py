"""Objections and comments of the public: handed in through the door without an account, read again by the receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registry.extensions import writing
from registry.models import Objection
from registry.queries import notices
from registry.security import throttle
from registry.services import acts, papers


def admit(visitor: str, at: datetime) -> None:
    """Count what somebody is about to hand in; raises throttle.TooMany, before a paper is kept."""
    with writing():
        throttle.admit_objection(visitor, at)


def hand_in(case_id: int, data: Mapping[str, Any], *, at: datetime) -> str:
    """Hand something in during a public notice; returns the receipt's number, raises what the door raises."""
    code = papers.new_code()
    acts.act(("project", case_id), "object", by=acts.ANYBODY, at=at, seen=None, data={**data, "code": code})
    return code


def look_up(code: str, visitor: str, at: datetime) -> Objection | None:
    """The objection of a well-formed receipt number; raises throttle.TooMany after too many that there are not."""
    throttle.may_look_up(visitor, at)
    found = notices.by_code(code)
    if found is None:
        with writing():
            throttle.looked_up_in_vain(visitor, at)
    return found
