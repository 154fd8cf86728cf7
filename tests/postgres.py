"""A PostgreSQL server of the test run's own: in a temporary folder, on a Unix socket, never as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg

LEAST_VERSION = 15
PATIENCE_S = 30
ROOM_BYTES = 2**30
# What is lost in a power cut is a test run.
FOR_TESTS = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off")
FOR_MEASURING = {"shared_buffers": "1GB", "max_wal_size": "2GB"}
_numbers = count(1)


def programs() -> Path | None:
    """The folder of the newest server programs on this machine that the suite can use, or None."""
    folders = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb") if p.parent.parent.name.isdigit()]
    folders = [p for p in folders if int(p.parent.name) >= LEAST_VERSION]
    return max(folders, key=lambda p: int(p.parent.name), default=None) if folders else None


def memory() -> str | None:
    """A folder that lies in memory, where there is room; copying a database there is many times faster than on disk."""
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_BYTES
    return str(folder) if roomy else None


def why_not() -> str:
    """Why there can be no server here; "" when there can."""
    if programs() is None:
        return f"no PostgreSQL {LEAST_VERSION} or newer under /usr/lib/postgresql"
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "the server refuses to run as root and setpriv is missing"
    return ""


class Server:
    """A running server; `url(name)` is a database's address for DATABASE_URL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Kept open: a connection costs the server more than most of what is asked here, many times a test.
        self._desk = psycopg.connect(f"host={folder} user=tailin dbname=postgres", autocommit=True)

    def close(self) -> None:
        self._desk.close()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://tailin@/{name}?host={self.folder}"

    def create(self, template: str = "template0", name: str = "") -> str:
        """Make a database, as a copy of one to which nobody is connected; its name."""
        name = name or f"t{next(_numbers)}"
        self._desk.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def drop(self, name: str) -> None:
        self._desk.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def next_transaction(self) -> str:
        """The number of the next transaction that writes, anywhere on the server."""
        return str(self._desk.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone())


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Start a server, and stop it and remove its folder afterwards; `why_not()` must be empty.

    `durable`: on the disk, with the server's own settings for safety, memory and statistics; for benchmarks.
    """
    bin_ = programs()
    assert bin_ is not None
    # Not under pytest's folder: a socket's path must be short, and the other user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="tailin-pg-", dir=None if durable else memory()))
    as_user = _other_user(folder)
    quiet = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "TZ": "UTC"}
    try:
        make = [*as_user, bin_ / "initdb", "-D", folder / "data", "-U", "tailin", "-A", "trust", "-E", "UTF8"]
        make += ["--locale=C.UTF-8", "--no-sync"]
        subprocess.run(make, check=True, cwd=folder, env=quiet, stdout=subprocess.DEVNULL)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            "max_connections": "60",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            **(FOR_MEASURING if durable else FOR_TESTS),
            **dict.fromkeys(("log_min_messages", "log_min_error_statement"), "panic"),
        }
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        process = subprocess.Popen([*as_user, bin_ / "postgres", "-D", folder / "data", *flags], cwd=folder, env=quiet)
        try:
            with closing(_started(folder, process)) as running:
                yield running
        finally:
            process.send_signal(2)  # SIGINT: the server's fast shutdown
            process.wait(PATIENCE_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path) -> list[str]:
    """The words before a command that run it as somebody who is not root."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    # pdeathsig: a test run that is killed takes its server along.
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig", "INT"]


def _started(folder: Path, process: subprocess.Popen[bytes]) -> Server:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return Server(folder)
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
