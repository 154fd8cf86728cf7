"""Forged letters: what the database must say, and the statements."""

from tests.services.forging import AT, Forge, Stage, Step, delete, emptied, insert, row, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

ONCE, BEGINS = "a letter is taken once a try and sent once", "a letter begins by waiting"
NUMBER = 9001


def letter(s: Stage, **changed: object) -> Step:
    values = {"id": NUMBER, "notice_id": row(s, "notices")["id"], "status": "waiting", "tries": 0, "not_before": AT}
    return insert("mails", **(values | changed))


def step(status: str, tries: int = 1) -> Step:
    return update("mails", f"id = {NUMBER}", status=status, tries=tries)


WAYS = {
    "sent": ["sending", "sent"],
    "put off and sent": ["sending", "waiting", ("sending", 2), ("sent", 2)],
    "unclear and sent after all": ["sending", "unclear", "sent"],
    "failed and tried again": ["sending", "failed", "waiting", ("sending", 2)],
    "dropped": ["sending", "dropped"],
}
for _way, _steps in WAYS.items():
    ALLOWED[f"a letter {_way}"] = lambda s, steps=_steps: [
        letter(s),
        *(step(*(x if isinstance(x, tuple) else (x,))) for x in steps),
    ]
FORGERIES |= {
    "a letter that was never taken is sent": (ONCE, lambda s: [letter(s), step("sent", 0)]),
    "a letter taken twice": (ONCE, lambda s: [letter(s), step("sending"), step("sending", 2)]),
    "a letter taken without counting": (ONCE, lambda s: [letter(s), step("sending", 0)]),
    "a letter sent again": (ONCE, lambda s: [letter(s), step("sending"), step("sent"), step("waiting")]),
    "a sent letter sent once more": (ONCE, lambda s: [letter(s), step("sending"), step("sent"), step("sending", 2)]),
    "a dropped letter sent": (ONCE, lambda s: [letter(s), step("sending"), step("dropped"), step("waiting")]),
    "a letter begun as sent": (BEGINS, lambda s: [letter(s, status="sent")]),
    "a letter begun after tries": (BEGINS, lambda s: [letter(s, tries=3)]),
    "a second letter for a notice": ("one letter a notice", lambda s: [letter(s), letter(s, id=NUMBER + 1)]),
    "a letter turned to another notice": (
        ONCE,
        lambda s: [letter(s), update("mails", f"id = {NUMBER}", notice_id=2)],
    ),
    "a letter written over": (
        f"one letter a notice|{ONCE}",
        lambda s: [letter(s), *_over(s)],
    ),
    "mails deleted": ("letters are kept", lambda s: [letter(s), delete("mails", "1 = 1")]),
    "mails emptied": ("letters are kept|is not emptied", lambda s: [letter(s), *emptied(s, "mails")]),
    "a status there is not": ("status_listed|a letter begins by waiting", lambda s: [letter(s, status="gone")]),
}


def _over(s: Stage) -> list[Step]:
    statement, values = letter(s, status="waiting")
    if s.engine == "sqlite":
        return [(statement.replace("INSERT", "INSERT OR REPLACE"), values)]
    return [(f"{statement} ON CONFLICT (id) DO UPDATE SET status = excluded.status", values)]
