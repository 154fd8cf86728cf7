"""A real SMTP server in a process of its own: `python -m tests.mailserver FOLDER [--tls CERT KEY]` prints its port.

It keeps each letter as a file. What it does follows from whom the letter is for: nobody@ is refused, later@ put off,
spam@ refused once it was read, slow@ kept waiting for the answer, gone@ hung up on after it was read.
"""

import argparse
import asyncio
import contextlib
import email
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SLOW_S = 2.0
USER, PASSWORD = b"tanhui", b"correct horse battery"


class Handler:
    """Keeps letters, or says why not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's names)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refused = {"nobody": "550 no such mailbox", "later": "451 try later"}.get(address.partition("@")[0])
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        who = envelope.rcpt_tos[0].partition("@")[0]
        if who == "spam":
            return "554 we do not want this"
        (self.folder / f"{time.time_ns()}-{uuid.uuid4().hex}").write_bytes(envelope.content or b"")
        if who == "slow":
            await asyncio.sleep(SLOW_S)
        if who == "gone":
            server.transport.abort()
        return "250 OK"


class SlowToGreet(SMTP):
    """Says nothing when somebody calls."""

    async def _handle_client(self) -> None:
        await asyncio.sleep(SLOW_S)


def _knows(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, asked: Any) -> AuthResult:
    right = isinstance(asked, LoginPassword) and (asked.login, asked.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tls", nargs=2, default=None)
    parser.add_argument("--deaf", action="store_true")
    said = parser.parse_args()
    more: dict[str, Any] = {}
    if said.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*said.tls)
        more = {"tls_context": context, "require_starttls": True, "authenticator": _knows, "auth_required": True}
    kind = SlowToGreet if said.deaf else SMTP
    asyncio.run(_serve(lambda: kind(Handler(said.folder), **more)))


async def _serve(made: Callable[[], SMTP]) -> None:
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it is gone


@dataclass(frozen=True)
class MailServer:
    """A running server: its port, and the letters it has."""

    port: int
    folder: Path

    def letters(self) -> list[EmailMessage]:
        """In the order they came."""
        files = sorted(self.folder.iterdir())
        return [email.message_from_bytes(f.read_bytes(), policy=default) for f in files]  # type: ignore[misc]

    def empty(self) -> None:
        for file in self.folder.iterdir():
            file.unlink()


@contextlib.contextmanager
def running(folder: Path, *options: str) -> Iterator[MailServer]:
    """A server process until the block ends."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "tests.mailserver", str(folder), *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield MailServer(int(process.stdout.readline()), folder)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


if __name__ == "__main__":
    main()
