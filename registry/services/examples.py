"""Facts that anybody may try a self-check with: published projects, and contracts made up to show what is found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import config
from workflows.facts import ContractFacts, SiteFacts

FOLDER = Path(config.ROOT) / "docs" / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A file of facts, and which facts they are."""

    name: str
    kind: type[SiteFacts] | type[ContractFacts]

    @property
    def text(self) -> str:
        """The file as it is."""
        return (FOLDER / f"{self.name}.json").read_text(encoding="utf-8")

    @property
    def facts(self) -> Any:
        """The same as plain values."""
        return json.loads(self.text)


EXAMPLES: Mapping[str, Example] = {
    example.name: example
    for example in (
        Example("o5", SiteFacts),
        Example("wanling", SiteFacts),
        Example("contract_honest", ContractFacts),
        Example("contract_county", ContractFacts),
        Example("contract_state_farm", ContractFacts),
    )
}
