"""Settings from the environment. Every name is explained in `NAMES`; `flask doctor` judges the values.

Nothing here is a secret and nothing is decided by where the program runs: what differs between a
developer's machine and the bureau's server is said by `TAILIN_ENV` and the variables beside it.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

_T = TypeVar("_T")

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = str(ROOT / "migrations")

ENVIRONMENTS = ("development", "production", "test")
MIB = 2**20
MAX_REQUEST_BYTES = 64 * MIB
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared with, not listened on)
LONGEST_SERIES = 40
MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""How the way to the mail server may be closed, each with its usual port; the first is the default."""
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""An address that may stand in a header and in a command of SMTP."""

NAMES = {
    "TAILIN_ENV": "development (default), production or test",
    "DATABASE_URL": "sqlite:///… or postgresql://…; default a SQLite file in var/",
    "SECRET_KEY": "signs cookies; at least 32 random characters; made by itself in development",
    "SECRET_KEY_FILE": "a file that holds the SECRET_KEY",
    "SECRET_KEY_FALLBACKS": "earlier keys, separated by commas, while they are rotated out",
    "TRUSTED_HOSTS": "host names that may be asked for, separated by commas",
    "DEMO": "1 shows the demo data and its people; never in production",
    "STORE_DIR": "folder of the uploaded files; default var/files",
    "MAX_UPLOAD_MB": "largest single file, in MiB; 1 to 63",
    "BEHIND_PROXY": "1 when one reverse proxy stands in front and sets X-Forwarded-For and -Proto",
    "COOKIE_SECURE": "1 sends cookies over https only; default 1 in production",
    "HOST": "address to listen on; default 127.0.0.1",
    "PORT": "port to listen on; default 8000",
    "PUBLIC_URL": "address under which people reach this site; printed on papers; default the first TRUSTED_HOSTS",
    "PAPER_NUMBER": "how papers are numbered, with {year} and {n}; default as in registry/documents/texts",
    "POLICY_NUMBER": "how changes of the rules are numbered ({year}, {n}); default as in registry/documents/texts",
    "MEETING_NUMBER": "how meetings are numbered, with {year} and {n}; default as in registry/documents/texts",
    "PAPER_HEAD": "red head printed on papers; default none",
    "REPORT_NUMBER": "how pilot reports are numbered, with {year} and {n}; default as in registry/documents/texts",
    "FONT_FANGSONG": "file of a licensed FangSong (TrueType) for the body of reports; default Noto Serif",
    "FONT_XIAOBIAOSONG": "file of a licensed XiaoBiaoSong for their titles and red head; default Noto Serif Bold",
    "FONT_KAITI": "file of a licensed KaiTi for their second headings; default Noto Serif Bold",
    "FONT_HEITI": "file of a licensed HeiTi for their first headings and table heads; default Noto Sans",
    "PAPER_CONTACT": "whom to ask, printed on papers; default the task force of the bureau",
    "JOBS": "1 (default) lets the server do its background work itself; 0 where flask jobs runs beside it",
    "HELP_PHONE": "the bureau's phone number for questions, shown on the help page; no number is shown without it",
    # mail
    "MAIL_HOST": "server that takes mail for people; without it they are told only in their inbox here",
    "MAIL_PORT": "its port; default 587, with MAIL_TLS=tls 465, with MAIL_TLS=none 25",
    "MAIL_TLS": "starttls (default), tls from the first byte, or none: only for a server on this machine",
    "MAIL_USER": "name to sign in there with, if it asks for one",
    "MAIL_PASSWORD": "the password of MAIL_USER",
    "MAIL_FROM": "address the mail comes from; needed with MAIL_HOST",
}
"""Every variable that is read, and what it means."""


class BadSetting(ValueError):
    """Settings that cannot be understood; the message names each with the cure."""


def settings(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Flask's settings from the process's environment (or a given one); raises BadSetting.

    Makes what development needs and does not have: the secret key, the folders of database and files.
    """
    config = read(os.environ if environ is None else environ, keep_development_key)
    prepare_folders(config)
    return config


def read(environ: Mapping[str, str], development_key: Callable[[], str]) -> dict[str, Any]:
    """The same without touching anything: a function of the environment; raises BadSetting with all faults at once."""
    faults: list[str] = []
    reader = _Reader(environ, faults)
    kind = reader.choice("TAILIN_ENV", ENVIRONMENTS)
    production, testing = kind == "production", kind == "test"
    url = reader.database("DATABASE_URL", f"sqlite:///{ROOT / 'var' / 'tailin.db'}")
    upload_mb = reader.whole("MAX_UPLOAD_MB", 20, 1, MAX_REQUEST_BYTES // MIB - 1)
    secure = reader.truth("COOKIE_SECURE", production)
    key = reader.key()
    host, port = reader.word("HOST", "127.0.0.1"), reader.whole("PORT", 8000, 1, 65535)
    mail_tls = reader.choice("MAIL_TLS", tuple(MAIL_PORTS))
    mail_host = reader.word("MAIL_HOST", "")
    hosts = reader.words("TRUSTED_HOSTS", () if production else ("localhost", "127.0.0.1"))
    config = {
        "TAILIN_ENV": kind,
        "DEBUG": False,
        "TESTING": testing,
        "DEMO": reader.truth("DEMO", False),
        "HOST": host,
        "PORT": port,
        "HELP_PHONE": reader.word("HELP_PHONE", ""),
        "SECRET_KEY": key or ("test-only-key-" * 3 if testing else ""),
        "SECRET_KEY_FALLBACKS": reader.words("SECRET_KEY_FALLBACKS", ()),
        "TRUSTED_HOSTS": hosts,
        "BEHIND_PROXY": reader.truth("BEHIND_PROXY", False),
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        "STORE_DIR": str(reader.path("STORE_DIR", ROOT / "var" / "files")),
        "MAX_UPLOAD_BYTES": upload_mb * MIB,
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": 1_500_000,  # a contract of 100,000 characters, nine bytes each on the wire
        "MAX_FORM_PARTS": 2000,  # a long parcel list is one form
        # Over https the first trusted host is the public one; a developer's machine is its own.
        "PUBLIC_URL": reader.site(
            "PUBLIC_URL", f"https://{hosts[0]}" if production and hosts else f"http://{_reached(host)}:{port}"
        ),
        "PAPER_NUMBER": reader.series("PAPER_NUMBER"),
        "POLICY_NUMBER": reader.series("POLICY_NUMBER"),
        "REPORT_NUMBER": reader.series("REPORT_NUMBER"),
        "REPORT_FACES": {
            "fangsong": reader.word("FONT_FANGSONG", ""),
            "xiaobiaosong": reader.word("FONT_XIAOBIAOSONG", ""),
            "kaiti": reader.word("FONT_KAITI", ""),
            "heiti": reader.word("FONT_HEITI", ""),
        },
        "MEETING_NUMBER": reader.series("MEETING_NUMBER"),
        "PAPER_HEAD": reader.word("PAPER_HEAD", ""),
        "PAPER_CONTACT": reader.word("PAPER_CONTACT", ""),
        "JOBS": reader.truth("JOBS", not testing),
        "MAIL_HOST": mail_host,
        "MAIL_PORT": reader.whole("MAIL_PORT", MAIL_PORTS[mail_tls], 1, 65535),
        "MAIL_TLS": mail_tls,
        "MAIL_USER": reader.word("MAIL_USER", ""),
        "MAIL_PASSWORD": reader.word("MAIL_PASSWORD", ""),
        "MAIL_FROM": reader.address("MAIL_FROM", needed=bool(mail_host)),
        "MAIL_TIMEOUT": 10,  # seconds without a word from the server
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(url),
        "SQLALCHEMY_ECHO": False,
        # `__Host-` binds a cookie to this host and https; browsers refuse the prefix over http.
        "SESSION_COOKIE_NAME": "__Host-tailin" if secure else "tailin",
        "SIGN_IN_COOKIE_NAME": "__Host-sid" if secure else "sid",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_IDLE": timedelta(minutes=30),
        "SESSION_IDLE_STAFF": timedelta(minutes=15),
        "SESSION_LENGTH": timedelta(hours=8),
        "SESSIONS_EACH": 3,
        "WTF_CSRF_ENABLED": not testing,  # the tests of CSRF switch it on
        "WTF_CSRF_TIME_LIMIT": None,  # the token dies with its session; a long form must not fail after an hour
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        # Argon2id as SecureDrop sets it; the tests only need the same code to run.
        "ARGON2_MEMORY_KIB": 8 if testing else 65536,
        "ARGON2_TIME": 1 if testing else 4,
        "ARGON2_LANES": 1 if testing else 2,
    }
    if faults:
        raise BadSetting("Settings that cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    if kind == "development" and not key:
        config["SECRET_KEY"] = development_key()
    return config


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, or None for another engine."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def keep_development_key(folder: Path = ROOT / "var") -> str:
    """The key of this machine, made once and readable by its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "secret_key"
    try:
        # O_EXCL: two processes that start together agree on one key.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text().strip()


def prepare_folders(config: Mapping[str, Any]) -> None:
    """Make the folders of database and files, closed to others, and the empty database file likewise."""
    Path(config["STORE_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)
    file = sqlite_file(config["SQLALCHEMY_DATABASE_URI"])
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its -wal and -shm files the mode of the database.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def _reached(host: str) -> str:
    """The address at which a server that listens on `host` is reached from its own machine."""
    return "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host


def _engine_options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True}  # an error's text must not carry what people typed
    if url.startswith("postgresql"):
        limits = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
        options |= {"pool_pre_ping": True, "connect_args": {"options": limits}}
    return options


class _Reader:
    """Takes values out of an environment and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str], faults: list[str]) -> None:
        self.environ, self.faults = environ, faults

    def word(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def words(self, name: str, default: tuple[str, ...]) -> list[str]:
        return [word.strip() for word in self.environ.get(name, "").split(",") if word.strip()] or list(default)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.word(name, allowed[0])
        if value not in allowed:
            return self._fault(name, value, "is not known", f"use one of {', '.join(allowed)}", allowed[0])
        return value

    def truth(self, name: str, default: bool) -> bool:
        value = self.word(name, "1" if default else "0").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value not in {"0", "false", "no", "off"}:
            return self._fault(name, value, "is neither yes nor no", "use 1 or 0", default)
        return False

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.word(name, str(default))
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            return self._fault(name, value, "is out of range", f"use a whole number from {least} to {most}", default)
        return int(value)

    def path(self, name: str, default: Path) -> Path:
        """A relative path counts from the project's folder, not from where the command was typed."""
        return (ROOT / self.word(name, str(default))).resolve()

    def key(self) -> str:
        key, file = self.word("SECRET_KEY", ""), self.word("SECRET_KEY_FILE", "")
        if key or not file:
            return key
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            cure = "give a text file that this user may read"
            return self._fault("SECRET_KEY_FILE", file, f"cannot be read ({type(error).__name__})", cure, "")

    def site(self, name: str, default: str) -> str:
        """Scheme and host, perhaps a port; no path, no trailing slash."""
        value = self.word(name, default).rstrip("/")
        parts = urlsplit(value)
        bare = value == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
            cure = "write it like https://tanhui.example.cn"
            return self._fault(name, value, "is no address of a site", cure, default)
        return value

    def address(self, name: str, *, needed: bool) -> str:
        """A mail address."""
        value = self.word(name, "")
        if (value or needed) and not ADDRESS.fullmatch(value):
            return self._fault(name, value, "is no mail address", "write it like tanhui@example.cn", "")
        return value

    def series(self, name: str) -> str:
        """A pattern of numbers, empty for the usual one."""
        value = self.word(name, "")
        bare = value.replace("{year}", "", 1).replace("{n}", "", 1)
        if value and (len(bare) != len(value) - 9 or "{" in bare or "}" in bare or len(value) > LONGEST_SERIES):
            cure = f"use {{year}} and {{n}} once each, in at most {LONGEST_SERIES} characters"
            return self._fault(name, value, "is no pattern of numbers", cure, "")
        return value

    def database(self, name: str, default: str) -> str:
        value = self.word(name, default)
        scheme, _, rest = value.partition("://")
        if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and rest:
            return f"postgresql+psycopg://{rest}"
        # Several connections see one database only in a file.
        if scheme == "sqlite" and rest.startswith("/") and rest[1:] and not rest[1:].startswith(":"):
            return f"sqlite:///{(ROOT / rest[1:]).resolve()}"
        shown = f"{urlsplit(value).scheme or value[:20]}:…"  # the address may carry a password
        cure = "use sqlite:///var/name.db or postgresql://user@host/name"
        return self._fault(name, shown, "is no SQLite file and no PostgreSQL address", cure, default)

    def _fault(self, name: str, value: str, why: str, cure: str, instead: _T) -> _T:
        self.faults.append(f"{name}={value} {why}: {cure}")
        return instead
