"""How letters are worded, word for word, in both languages; and what may never stand in one.

The wording stands in tests/letters/. After a change on purpose: TAILIN_LETTERS=write and look at what changed.
"""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from registry import smtp
from registry.extensions import db, writing
from registry.labels.letters import ASKED
from registry.models import Mail, Notice, User
from registry.queries import letters
from registry.queries.waits import WAITS
from registry.services import notices
from tests.world import PARCEL, World
from workflows.project import PROJECT

FOLDER = Path(__file__).parent / "letters"
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}


@pytest.fixture
def world(app, clock) -> World:
    app.config.update(
        MAIL_HOST="mail.example.cn", MAIL_FROM="tanhui@example.cn", PUBLIC_URL="https://tanhui.example.cn"
    )
    return World()


def accepted(world: World) -> None:
    world.act(world.advance(world.draft(), "submitted"), "accept", "officer")


def to_be_corrected(world: World) -> None:
    faults = [{"field": "basics.contact_phone", "what": "联系电话无法接通"}]
    world.act(world.advance(world.draft(), "risk_review"), "request_correction", "officer", faults=faults)


def refused(world: World) -> None:
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 1, 7)
    world.act(case_id, "reject", "chair", words="收益测算没有依据。")


def approved_on_conditions(world: World) -> None:
    case_id = world.advance(world.draft(), "risk_review")
    world.vote(case_id, 8)
    conditions = [
        {"words": "补办流转登记", "evidence": "登记证明", "due_on": date(2026, 6, 1)},
        {"words": "补充监测计划", "evidence": "监测计划", "due_on": date(2026, 4, 17)},
    ]
    world.act(case_id, "approve_risk", "chair", words="同意", conditions=conditions)


def tabled(world: World) -> None:
    world.table(world.advance(world.draft(), "risk_review"))


def tabled_for_a_natural_person(world: World) -> None:
    basics = {"name": "李四家庭林场碳票项目"}
    case_id = world.draft("local_ticket", person=True, basics=basics)
    world.table(world.advance(case_id, "risk_review"))


def to_be_validated(world: World) -> None:
    world.advance(world.draft(), "validation")


def sent_for_legal_review(world: World) -> None:
    case_id = world.advance(world.draft(parcels={"parcels": [{**PARCEL, "tenure": "state"}]}), "risk_review")
    world.act(case_id, "send_for_legal_review", "officer")


def moved(world: World) -> None:
    meeting_id = world.table(world.advance(world.draft(), "risk_review"))
    world.in_meeting(meeting_id, "change_meeting", "secretary", held_on=date(2026, 3, 9))


def called_off(world: World) -> None:
    world.in_meeting(world.meeting(), "call_off", "secretary", words="另行安排")


def minutes_to_confirm(world: World) -> None:
    case_id = world.advance(world.draft(), "risk_review")
    meeting_id = world.table(case_id)
    world.convene(meeting_id)
    world.act(case_id, "adjourn", "chair", words="材料待补充")
    world.in_meeting(meeting_id, "close_meeting", "chair")


SITUATIONS: dict[str, tuple[str, Callable[[World], None]]] = {
    "accepted": ("owner", accepted),
    "corrections": ("owner", to_be_corrected),
    "refused": ("owner", refused),
    "conditions": ("owner", approved_on_conditions),
    "tabled": ("member1", tabled),
    "tabled_for_a_natural_person": ("member1", tabled_for_a_natural_person),
    "validate": ("vvb", to_be_validated),
    "legal_review": ("legal", sent_for_legal_review),
    "moved": ("owner", moved),
    "meeting_changed": ("member1", moved),
    "meeting_planned": ("member1", lambda world: world.meeting()),
    "meeting_called_off": ("member1", called_off),
    "minutes_to_confirm": ("member1", minutes_to_confirm),
}
"""A letter's name → its reader, and what led to it."""


def last_letter(world: World, who: str, language: str) -> letters.Written:
    """The letter with the last notice of somebody, in a language."""
    user_id = world.people[who]
    with writing():
        user = db.session.get_one(User, user_id)
        user.email, user.language = f"{who}@example.cn", language
        notice = db.session.scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc())).first()
        there = db.session.scalars(select(Mail).where(Mail.notice_id == notice.id)).one_or_none()
        if there is None:
            notices.mail.put_in(notice, notice.made_at)
            db.session.flush()
        number = db.session.scalars(select(Mail.id).where(Mail.notice_id == notice.id)).one()
    written = letters.letter(number)
    assert written is not None
    return written


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_letter_says_what_happened_what_is_asked_by_when_and_where(world, name):
    who, happens = SITUATIONS[name]
    happens(world)
    for short, language in LANGUAGES.items():
        written = last_letter(world, who, language)
        text = f"{written.subject}\n\n{written.body}"
        file = FOLDER / f"{name}.{short}.txt"
        if os.environ.get("TAILIN_LETTERS") == "write":
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")
        assert written.language == short


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_letter_names_nobody_and_quotes_nobody(world, name):
    who, happens = SITUATIONS[name]
    happens(world)
    for language in LANGUAGES.values():
        written = last_letter(world, who, language)
        text = written.subject + written.body
        people = [u.name for u in db.session.scalars(select(User))]
        assert not [n for n in people if n in text.replace("示例造林项目", "")]
        for said in ("电话", "依据", "理由充分", "流转登记", "李四", "0538"):
            assert said not in text
        assert text.count("https://") == text.count("https://tanhui.example.cn/") == 2


def test_every_file_of_a_letter_is_a_letter():
    assert {f.name for f in FOLDER.iterdir()} == {f"{n}.{short}.txt" for n in SITUATIONS for short in LANGUAGES}


def test_the_link_of_a_letter_is_the_page_of_the_case(app, world):
    accepted(world)
    written = last_letter(world, "owner", "en")
    with app.test_request_context():
        path = app.url_for("case.show", number="TL2026000001", _external=False)
    assert f"https://tanhui.example.cn{path}\n" in written.body


def test_only_acts_a_case_can_wait_for_have_a_sentence():
    assert set(ASKED) <= set(WAITS) <= {row.name for row in PROJECT.acts}


# Headers ------------------------------------------------------------------------------------------------

BREAKS = ["\r\nBcc: all@example.cn", "\nBcc: all@example.cn", "\r\n\r\nBuy", "\u2028Bcc: x@example.cn", "\x00\x0b\x85x"]


@pytest.mark.parametrize("breaks", BREAKS)
def test_nothing_in_a_subject_begins_another_header(breaks):
    letter = smtp.Letter("tailin-1", "a@example.cn", f"入库{breaks}", "正文\n", "zh")
    raw = smtp.message(letter, "tanhui@example.cn").as_bytes()
    head, _, body = raw.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(set(names))
    assert set(names) == {
        *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Language"),
        *(b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding"),
    }
    assert b"Buy" not in body


@pytest.mark.parametrize(
    "address",
    [
        *(f"a@example.cn{b}" for b in BREAKS),
        *("a@example.cn>\r\nRCPT TO:<b@example.cn", "a@example.cn, b@example.cn", "甲@example.cn", "a", "a@b", ""),
    ],
)
def test_an_address_that_is_none_is_not_written_to(address):
    with pytest.raises(smtp.NotTaken) as refused:
        smtp.message(smtp.Letter("tailin-1", address, "x", "x\n", "zh"), "tanhui@example.cn")
    assert refused.value.for_good


def test_a_body_arrives_as_it_was_written(world):
    accepted(world)
    written = last_letter(world, "owner", "zh_Hans_CN")
    made = smtp.message(smtp.Letter("tailin-1", written.to, written.subject, written.body, "zh"), "t@example.cn")
    assert made.get_content().replace("\r\n", "\n") == written.body
    assert made["Subject"] == written.subject
    assert made.get_content_type() == "text/plain"


def test_a_lonely_dot_does_not_end_a_letter():
    assert smtp._stuffed(b"a\r\n.\r\n.b\r\n") == b"a\r\n..\r\n..b\r\n.\r\n"
