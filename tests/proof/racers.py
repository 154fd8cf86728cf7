"""People pressing at the same moment, each in a process of their own: they share nothing but the database."""

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.apart import CONTEXT

Subject = tuple[str, int]
"""("project", id of a case) or ("meeting", id)."""
Press = tuple[str, str | None, int | None, dict[str, Any]]
"""An act, the person (as the world names them), the version of their page, what they typed."""
PATIENCE_S = 30
SLOW_S = 5
"""On a machine that is not busy with other things; nobody waits so long for a lock that is let go."""


def busy() -> float:
    """How many processes share a core, 1 at least: where others work too, everything takes so many times as long."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def run(url: str, folder: str, people: dict[str, int], pipe: Any) -> None:
    """A racer: stands ready, takes (subject, press), says it is set, takes the moment, answers (outcome, seconds)."""
    os.environ["TAILIN_ENV"] = "test"
    from registry import clock, create_app
    from registry.extensions import db
    from registry.models import User
    from registry.services import acts
    from tests.clock import FIXED, Clock
    from tests.databases import let_go, test_settings

    app = create_app(test_settings(Path(folder), url))
    clock_source = Clock(FIXED)

    def press(subject: Subject, action: str, who: str | None, seen: int | None, data: dict[str, Any]) -> str:
        with app.app_context():
            by = db.session.get_one(User, people[who]) if who and who != "anybody" else None
            by = acts.ANYBODY if who == "anybody" else by
            clock_source.set(data.pop("at", clock_source.at))
            try:
                acts.act(subject, action, by=by, at=clock.now(), seen=seen, data=data)
            except (acts.Stale, acts.NotOpen, acts.NotVisible) as late:
                return type(late).__name__
            except acts.Refused as refused:
                return "Refused " + ",".join(sorted(o.clause for o in refused.stopping))
            except Exception as wrong:  # whatever else comes is the finding
                return f"{type(wrong).__name__}: {wrong}"
            return "ok"

    with clock.told_by(clock_source):
        pipe.send("ready")
        while (order := pipe.recv()) is not None:
            subject, asked = order
            with app.app_context():
                db.session.connection()  # a connection in hand, as a busy worker has
                db.session.remove()
            pipe.send("set")
            when = pipe.recv()
            while time.monotonic() < when:
                pass
            begun = time.monotonic()
            answer = press(subject, *asked)
            seconds = time.monotonic() - begun
            let_go(app)  # the database may be put back behind it
            pipe.send((answer, seconds))


class Racers:
    """Processes that race; `race(presses)` returns what each came to."""

    def __init__(self, number: int, url: str, folder: Path, people: dict[str, int]) -> None:
        self.slowest = 0.0
        self._pipes, self._processes = [], []
        for _ in range(number):
            mine, theirs = CONTEXT.Pipe()
            process = CONTEXT.Process(target=run, args=(url, str(folder), people, theirs), daemon=True)
            process.start()
            self._pipes.append(mine)
            self._processes.append(process)
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE_S * 2 * busy()), "a racer did not start"
            pipe.recv()

    def race(self, presses: Sequence[tuple[Subject, Press]], gap_s: float = 0.0) -> list[str]:
        """All press at once, or each `gap_s` after the one before; AssertionError on anything over SLOW_S."""
        for place, asked in enumerate(presses):
            self._pipes[place].send(asked)
        for place in range(len(presses)):
            assert self._heard(place) == "set"
        start = time.monotonic() + 0.002
        for place in range(len(presses)):
            self._pipes[place].send(start + place * gap_s)
        heard = [self._heard(place) for place in range(len(presses))]
        slowest = max(seconds for _, seconds in heard)
        self.slowest = max(self.slowest, slowest)
        assert slowest < SLOW_S * busy(), f"{slowest:.1f} s for {presses}"
        return [answer for answer, _ in heard]

    def _heard(self, place: int) -> Any:
        assert self._pipes[place].poll(PATIENCE_S * busy()), "no answer from a racer"
        return self._pipes[place].recv()

    def close(self) -> None:
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.send(None)
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()
