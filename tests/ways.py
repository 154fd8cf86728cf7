"""Two ways to do the same thing to a case: through the services, and on the screens with their real forms.

A story (`features/`) is told once and runs both ways. On the screens a person opens the page, fills in the form that
stands there, with its token, and sends it; a button that is not there is pressed all the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import func, select

from registry.extensions import db
from registry.models import PublicNotice
from registry.security import sessions
from registry.services import acts, drafts
from tests.world import World
from workflows.machine import NotOpenError

PREPARED = frozenset({"submit", "resubmit", "amend"})
"""Acts that hand in what the applicant prepared; they are sent from the page that checks the answers."""

REPORT = {
    "report_number": "示例-审定-1",
    "report_on": "2026-02-20",
    "notice_url": "https://example.org/notice/1",
    "notice_from": "2026-01-05",
    "notice_to": "2026-02-01",
}
"""What a validation report says besides its conclusion, where its form asks for it."""

LABELS = {
    "basics.contact_phone": "Telephone",
    "method.start_on": "Start of the work",
    "documents.pdd": "Project design document",
}
"""The boxes of the correction sheet that the stories use."""


@dataclass(frozen=True)
class Result:
    """What came of an act: done, refused by clauses, sent back by the form, or not open to this person."""

    done: bool = False
    stopped: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    open: bool = True
    offered: bool = True
    """The page offered what was chosen; where it did not, it was sent all the same."""


class Services:
    """Straight through the door."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self.world = client, world

    def act(self, case_id: int, action: str, who: str | None, **data: Any) -> Result:
        """Take an act as somebody (None: the system)."""

        def take() -> None:
            if action in PREPARED - {"submit"}:
                drafts.prepare(case_id)  # as opening the application does
            self.world.act(case_id, action, who, **data)

        return self._came_to(take)

    def on_meeting(self, meeting_id: int, action: str, who: str, **data: Any) -> Result:
        """The same on a meeting."""
        return self._came_to(lambda: self.world.in_meeting(meeting_id, action, who, **data))

    def _came_to(self, take: Callable[[], Any]) -> Result:
        with self.client.application.app_context():
            try:
                take()
            except acts.Refused as refused:
                return Result(stopped=tuple(o.clause for o in refused.stopping))
            except (NotOpenError, acts.NotVisible):
                return Result(open=False)
        return Result(done=True)


class Screens(Services):
    """By the pages, as a browser without a window; forms carry their tokens."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        super().__init__(client, world)
        client.application.config["WTF_CSRF_ENABLED"] = True

    def act(self, case_id: int, action: str, who: str | None, **data: Any) -> Result:
        """Open the page of an act, fill in its form, send it; the system has no screens."""
        if who is None:
            return super().act(case_id, action, who, **data)
        if who == "anybody":
            return self._anybody(case_id, data)
        self.sign_in(who)
        path = self._path(case_id, action)
        answer = self.client.get(path)
        if answer.status_code != 200:
            assert answer.status_code in (404, 409), answer.text
            return self._pressed_anyway(case_id, path)
        form = _form(answer.text, path)
        if form is None and action in PREPARED:
            return Result()  # the page says what is missing and offers nothing to send
        filled, offered = _filled(form, action, data) if form else (self._forced(case_id) | data, False)
        sent = self.client.post(path, data=filled)
        if sent.status_code == 302:
            return Result(done=True)
        assert sent.status_code in (409, 422), sent.text
        page = BeautifulSoup(sent.text, "html.parser")
        stopped = tuple(code.text for code in page.select(".error-summary .code"))
        problems = () if stopped else tuple(li.text.strip() for li in page.select(".error-summary li"))
        assert stopped or problems or sent.status_code == 409, sent.text
        return Result(stopped=stopped, problems=problems, open=bool(stopped or problems), offered=offered)

    def _anybody(self, case_id: int, data: Mapping[str, Any]) -> Result:
        """Somebody without an account, from the notice; where it offers nothing, it is sent all the same."""
        self.client.delete_cookie("sid")
        with self.client.application.app_context():
            notice = db.session.scalar(select(func.max(PublicNotice.id)).where(PublicNotice.case_id == case_id)) or 0
        path = f"/public-notices/{notice}/object"
        form = _form(self.client.get(path).text, path)
        token = BeautifulSoup(self.client.get("/").text, "html.parser").find("input", {"name": "csrf_token"})
        token = token or BeautifulSoup(self.client.get("/sign-in").text, "html.parser").find(
            "input", {"name": "csrf_token"}
        )
        sent, offered = _filled(form, "object", data) if form else ({"csrf_token": token["value"], **data}, True)
        answer = self.client.post(path, data=sent)
        if answer.status_code == 302:
            return Result(done=True, offered=offered)
        assert answer.status_code in (404, 409), answer.text
        stopped = BeautifulSoup(answer.text, "html.parser").select(".error-summary .code")
        return Result(stopped=tuple(code.text for code in stopped), open=bool(stopped))

    def sign_in(self, who: str) -> None:
        """Be somebody from now on, in English."""
        with self.client.application.test_request_context():
            self.client.set_cookie("sid", sessions.start(self.world.people[who]))
        with self.client.session_transaction() as session:
            session["language"] = "en"

    def _path(self, case_id: int, action: str) -> str:
        if action in PREPARED:
            return f"/my/{case_id}/check"
        with self.client.application.app_context():
            number = self.world.case(case_id).number
        return f"/cases/{number}/screening" if action == "answer_condition" else f"/cases/{number}/act/{action}"

    def _forced(self, case_id: int) -> dict[str, Any]:
        """What a form hides, for an act that no page offers."""
        with self.client.application.app_context():
            seen = self.world.case(case_id).version
        token = BeautifulSoup(self.client.get("/").text, "html.parser").find("input", {"name": "csrf_token"})
        return {"csrf_token": token["value"], "seen": seen}

    def _pressed_anyway(self, case_id: int, path: str) -> Result:
        forced = self.client.post(path, data=self._forced(case_id))
        assert forced.status_code in (404, 409), forced.text
        return Result(open=False)


WAYS = {"services": Services, "screens": Screens}


def _form(text: str, path: str) -> Tag | None:
    """The form of the page that is sent to its own address."""
    forms = BeautifulSoup(text, "html.parser").select("main form[method=post]")
    return next((f for f in forms if f.get("action", path) == path), None)


def _filled(form: Tag, action: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The form as it is sent, what it hides and what is typed; and whether it has a control for all of that."""
    controls = [c for c in form.select("input, select, textarea") if c.get("name")]
    sent = {c["name"]: c.get("value", "") for c in controls if c.get("type") == "hidden"}
    assert "csrf_token" in sent, "a form without its token"
    offered = True
    for name, value in _typed(form, action, data):
        there = [c for c in controls if c["name"] == name]
        choices = {c.get("value", "y") for c in there if c.get("type") in ("radio", "checkbox")}
        values = {str(v) for v in (value if isinstance(value, list) else [value])}
        offered = offered and bool(there) and (not choices or values <= choices)
        sent[name] = value
    return sent, offered


def _typed(form: Tag, action: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(control, value) for what the act is given."""
    for name, value in data.items():
        yield from _SPREAD.get(name, lambda form, value, name=name: [(name, str(value))])(form, value)
    if action == "vote":
        yield "no_conflict", "y"
    if action == "file_validation":
        yield from ((name, value) for name, value in REPORT.items() if form.find(attrs={"name": name}))


_SPREAD: Mapping[str, Any] = {
    "faults": lambda form, value: [(_box(form, fault["field"]), fault["what"]) for fault in value],
    "answers": lambda form, value: [
        pair for c, a in value.items() for pair in ((f"v_{c}", a["verdict"]), (f"e_{c}", a["evidence"]))
    ],
    "matters": lambda form, value: [
        pair
        for m, found in value.items()
        for pair in ((f"{m}_met", "yes" if found["met"] else "no"), (f"{m}_words", found["words"]))
    ],
    "conditions": lambda form, value: [
        (f"conditions-{place}-{key}", str(told)) for place, entry in enumerate(value) for key, told in entry.items()
    ],
    "granted": lambda form, value: [("granted", "yes" if value else "no")],
    "approved": lambda form, value: [("approved", "yes" if value else "no")],
    "independent": lambda form, value: [("independent", "y")] if value else [],
    "upheld": lambda form, value: [("upheld", "yes" if value else "no")],
    "people": lambda form, value: [("people", [str(v) for v in value])],
}
"""What the services take as one value and a form as several controls, or in other words."""


def _box(form: Tag, field: str) -> str:
    """The name of the box of a field on the correction sheet."""
    for label in form.select("label"):
        target = label.get("for", "")
        if target.startswith("tick_") and label.text.strip().endswith(LABELS[field]):
            return target.replace("tick_", "what_")
    raise AssertionError(f"the sheet has no box for {field}")
