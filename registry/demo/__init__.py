"""Demo data: units of the plan under their real names, invented people, and cases that went through the door.

What has a history here is invented and marked 示例. Dates are counted back from the day of loading. A new case is
one more table in `cases.toml`; a new act needs a line in `story.VERBS` only where it takes more than words.
"""

from datetime import datetime

from sqlalchemy import exists, select

from registry.clock import now
from registry.demo import people, story
from registry.extensions import db
from registry.models import Organisation
from registry.services import reference


def load(at: datetime | None = None) -> bool:
    """Load the demo as of an instant (default now); False, and nothing done, where there is an organisation already."""
    at = at or now()
    if db.session.scalar(select(exists().select_from(Organisation))):
        return False
    people.enter(at)
    story.play(at)
    reference.load_builtin(at)
    return True
