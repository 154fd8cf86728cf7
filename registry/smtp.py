"""Handing one letter to the mail server, by the standard library; knows no database and no case.

What matters is not only whether it went wrong but how far it had come: until the server has the whole letter, trying
again is safe; after that, silence means that nobody knows.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from threading import Timer
from typing import Any

from registry.clock import now
from registry.config import ADDRESS

LONGEST = 60
"""Seconds after which a conversation is cut off, however diligently the server trickles."""
START_OF_LETTER, TAKEN, FOR_GOOD = 354, (250, 251), 500
NO_SUCH_BOX = (501, 550, 551, 552, 553)
"""Replies to a recipient that mean: not this one, ever. Others (530, 554, …) may be a matter of settings."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: plain words for one person. `key` tells one letter from another."""

    key: str
    to: str
    subject: str
    body: str
    language: str


class NotTaken(Exception):
    """The server did not take the letter. `unclear`: it had all of it, so it may have arrived.

    `nobody`: no conversation came about, so that other letters would fare no better now.
    """

    def __init__(
        self,
        trouble: str,
        reply: int | None = None,
        *,
        for_good: bool = False,
        unclear: bool = False,
        nobody: bool = False,
    ) -> None:
        super().__init__(trouble)
        self.trouble, self.reply, self.for_good, self.unclear, self.nobody = trouble, reply, for_good, unclear, nobody


def message(letter: Letter, sender: str) -> EmailMessage:
    """The letter with its headers; raises NotTaken for an address that is none. Nothing in it can add a header."""
    if not ADDRESS.fullmatch(letter.to):
        raise NotTaken("address", for_good=True)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(addr_spec=sender)
    made["To"] = Address(addr_spec=letter.to)
    made["Subject"] = one_line(letter.subject)
    made["Date"] = format_datetime(now())
    # The same for each try, so that a mailbox may know a letter it already has.
    made["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.body, cte="base64")
    made["Content-Language"] = letter.language
    return made


def one_line(words: str) -> str:
    """Without breaks and control signs, which could begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def hand_over(letter: Letter, settings: Mapping[str, Any]) -> None:
    """Send one letter; raises NotTaken."""
    made = message(letter, settings["MAIL_FROM"])
    with _conversation(settings) as server:
        _say(server, made, letter.to, settings["MAIL_FROM"])


class _Bounded(smtplib.SMTP):
    """A conversation that ends after LONGEST seconds: the time-out of a socket begins anew with every byte."""

    _cut: Timer | None = None

    def connect(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        """Begin to count, then connect."""
        self._cut = Timer(LONGEST, self._hang_up)
        self._cut.daemon = True
        self._cut.start()
        try:
            return super().connect(*args, **more)
        except BaseException:
            self._cut.cancel()
            raise

    def close(self) -> None:
        """Hang up, and stop counting."""
        if self._cut is not None:
            self._cut.cancel()
        super().close()

    def _hang_up(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _BoundedTLS(_Bounded, smtplib.SMTP_SSL):
    """The same, closed to listeners from the first byte."""


@contextmanager
def _conversation(settings: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    """A connection, closed to listeners and signed in."""
    where = {"host": settings["MAIL_HOST"], "port": settings["MAIL_PORT"], "timeout": settings["MAIL_TIMEOUT"]}
    context = ssl.create_default_context()
    server: smtplib.SMTP | None = None
    try:
        server = _BoundedTLS(**where, context=context) if settings["MAIL_TLS"] == "tls" else _Bounded(**where)
        if settings["MAIL_TLS"] == "starttls":
            server.starttls(context=context)
        if settings["MAIL_USER"]:
            server.login(settings["MAIL_USER"], settings["MAIL_PASSWORD"])
        server.ehlo_or_helo_if_needed()
    except OSError as error:  # all of smtplib's own errors are of this kind
        if server is not None:
            server.close()
        raise _before(error) from error
    try:
        yield server
        with suppress(OSError):
            server.quit()
    finally:
        server.close()


def _before(error: OSError) -> NotTaken:
    """What kept a conversation from coming about; nothing was handed over, so it may be tried again."""
    match error:
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return NotTaken("tls", nobody=True)
        case smtplib.SMTPAuthenticationError():
            return NotTaken("sign_in", error.smtp_code, nobody=True)
        case smtplib.SMTPResponseException():
            return NotTaken("later", error.smtp_code, nobody=True)
        case smtplib.SMTPServerDisconnected():
            return NotTaken(_silence(error), nobody=True)
        case TimeoutError():
            return NotTaken("silent", nobody=True)
        case _:
            return NotTaken("no_server", nobody=True)


def _silence(error: OSError) -> str:
    """Whether the server said nothing in time or ended the conversation; smtplib tells both alike."""
    return "silent" if isinstance(error.__context__, TimeoutError) else "stopped"


def _say(server: smtplib.SMTP, made: EmailMessage, to: str, sender: str) -> None:
    """The commands of one letter, one at a time, so that it is known how far it came."""
    whole = False
    try:
        code, _words = server.mail(sender)
        if code not in TAKEN:
            raise NotTaken("sender", code, nobody=True)  # that is no fault of this letter
        code, _words = server.rcpt(to)
        if code not in TAKEN:
            raise NotTaken("address", code, for_good=code in NO_SUCH_BOX)
        code, _words = server.docmd("DATA")
        if code != START_OF_LETTER:
            raise NotTaken("later", code)
        whole = True
        server.send(_stuffed(made.as_bytes()))
        code, _words = server.getreply()
        if code not in TAKEN:
            raise NotTaken("refused", code, for_good=code >= FOR_GOOD)
    except OSError as error:
        trouble = "silent" if isinstance(error, TimeoutError) else _silence(error)
        raise NotTaken(trouble, unclear=whole, nobody=True) from error


def _stuffed(letter: bytes) -> bytes:
    """As it is sent: lines that begin with a dot get another, and a dot alone ends it."""
    return re.sub(rb"(?m)^\.", b"..", letter.rstrip(b"\r\n")) + b"\r\n.\r\n"
