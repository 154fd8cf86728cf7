"""A world behind its pages: one browser in which the people of a case sign in one after the other."""

import html
import re

from flask.testing import FlaskClient

from registry.queries.inbox import waiting
from registry.security import sessions
from registry.views.desk import TASKS
from tests.world import PDF, World

OTHER_PDF = PDF.replace(b"1.4", b"1.5")


class Town:
    """A world, and a browser in which one person after the other signs in."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self.world = client, world

    def inside(self):
        """The application's context, to look behind the pages."""
        return self.client.application.app_context()

    def case(self, state: str, **changed) -> tuple[int, str]:
        """(id, number) of a case carried to a state."""
        with self.inside():
            case_id = self.world.advance(self.world.draft(**changed), state)
            return case_id, self.world.case(case_id).number

    def be(self, who: str) -> FlaskClient:
        with self.client.application.test_request_context():
            self.client.set_cookie("sid", sessions.start(self.world.people[who]))
        with self.client.session_transaction() as session:
            session["language"] = "en"
        return self.client

    def page(self, who: str, path: str, status: int = 200) -> str:
        answer = self.be(who).get(path)
        assert answer.status_code == status, answer.text
        return html.unescape(answer.text)

    def send(self, who: str, case_id: int, action: str, status: int = 302, **data) -> str:
        """Open the page of an act, then send it; the page that came back."""
        with self.inside():
            case = self.world.case(case_id)
            number, seen = case.number, case.version
        path = f"/cases/{number}/act/{action}"
        self.page(who, path)
        answer = self.client.post(path, data={"seen": seen, **data})
        assert answer.status_code == status, answer.text
        return html.unescape(answer.text)

    def behind(self, case_id: int, action: str, who: str, **data) -> None:
        with self.inside():
            self.world.act(case_id, action, who, **data)

    def state(self, case_id: int) -> str:
        with self.inside():
            return self.world.case(case_id).state.value

    def waits(self, who: str) -> list[str]:
        with self.inside():
            items = waiting(self.world.user(who))
            assert all((i.act, i.why) in TASKS for i in items)
            return [i.act for i in items]


def problems(text: str) -> list[str]:
    """The lines of the error summary."""
    summary = text.partition('class="error-summary"')[2].partition("</ul>")[0]
    return re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary)


def faults(*fields: str) -> list[dict[str, str]]:
    return [{"field": f, "what": f"Wrong: {f}"} for f in fields]
