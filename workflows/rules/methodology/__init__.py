"""The conditions of the methods, one file a method. Each reads `SiteFacts` and proposes; officers decide."""

from workflows.rules.methodology import ar_cm_001, ar_cm_002, ar_cm_003, ar_cm_005, ccer_14_001, exemptions, ticket

__all__ = ["ar_cm_001", "ar_cm_002", "ar_cm_003", "ar_cm_005", "ccer_14_001", "exemptions", "ticket"]
