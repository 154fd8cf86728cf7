"""The roles a person can hold; a closed list (house.md §7)."""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to a case, or in the bureau."""

    PROPONENT = "proponent"
    AGENT = "agent"
    CASE_OFFICER = "case_officer"
    SECRETARY = "secretary"
    LEGAL_REVIEWER = "legal_reviewer"
    EXPERT = "expert"
    VVB = "vvb"
    ECO_ENV = "eco_env"
    MEMBER = "member"
    DEPUTY_CHAIR = "deputy_chair"
    CHAIR = "chair"
    SUPERVISOR = "supervisor"
    FARM_REPORTER = "farm_reporter"
    DISTRICT_REPORTER = "district_reporter"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PUBLIC = "public"
    SYSTEM = "system"


APPOINTED = frozenset(Role) - {Role.PROPONENT, Role.AGENT, Role.VVB, Role.PUBLIC, Role.SYSTEM}
"""Roles a body gives by appointment; the others follow from what a person is to a case."""

VOTING = frozenset({Role.MEMBER, Role.DEPUTY_CHAIR, Role.CHAIR})
