"""A draw repeated from what is on record, and compared: the proof anybody may ask for."""

from registry.extensions import db
from registry.models import Panel
from registry.services import panel_facts
from workflows import panels
from workflows.states import Bar


def panel(panel_id: int) -> Panel | None:
    """A panel by number."""
    return db.session.get(Panel, panel_id)


def differences(drawn: Panel) -> list[str]:
    """What a repetition of the draw and of every replacement says otherwise than the record; nothing where it holds."""
    found = []
    recorded, of = panel_facts.recorded(drawn), panel_facts.terms_of(drawn)
    wanted = [f.field for f in drawn.wanted]
    for candidate in drawn.candidates:
        if candidate.sort_key != panels.key(drawn.seed, candidate.user_id):
            found.append(f"key of {candidate.user_id}")
    if panels.in_order(drawn.seed, recorded) != recorded:
        found.append("order")
    seated = _seated(recorded, wanted, of, drawn)
    for no, user_id in enumerate(seated, 1):
        on_record = next((s.user_id for s in drawn.seats if s.no == no), None)
        if on_record != user_id:
            found.append(f"seat {no}: recorded {on_record}, repeated {user_id}")
    if len(drawn.seats) != len(seated):
        found.append(f"seats: recorded {len(drawn.seats)}, repeated {len(seated)}")
    return found


def _seated(
    recorded: tuple[panels.Candidate, ...], wanted: list[panels.ExpertField], of: panels.Terms, drawn: Panel
) -> list[int]:
    """Everybody who was ever seated, in the order of the seats, worked out anew."""
    try:
        seated = list(panels.draw(drawn.seed, recorded, wanted, of).chosen)
    except panels.NotEnoughError:
        return []
    now = list(seated)
    for left in (d for d in drawn.departures if d.reason is Bar.REFUSED):
        # Whoever was passed over while this seat was filled left in the same instant.
        passed = {d.user_id for d in drawn.departures if d.left_at <= left.left_at}
        if left.user_id not in now:
            break  # the repetition never seated who refused: the seats differ already
        now.remove(left.user_id)
        follows = panels.replacement(recorded, now, passed, wanted, of)
        if follows is not None:
            seated.append(follows.user_id)
            now.append(follows.user_id)
    return seated
