"""Which settings are unsafe, why, and what to do about each. Production does not start with one. And some advice."""

import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from registry.config import MIB, ROOT, sqlite_file
from registry.documents import fonts

Config = Mapping[str, Any]

LEAST_KEY = 32
LEAST_KINDS_OF_CHARACTERS = 10
LARGEST_REQUEST = 256 * MIB
LEAST_ARGON2_KIB, LEAST_ARGON2_TIME = 19_456, 2  # OWASP's lower bound, with one lane
KNOWN_KEYS = ("change", "secret", "example", "default", "password", "test-only", "dev", "tailin", "insecure")
NEARBY = frozenset({"localhost", "127.0.0.1", "::1"})
KNOWN_PASSWORDS = frozenset({"", "postgres", "password", "tailin", "admin", "123456", "12345678", "root", "changeme"})


@dataclass(frozen=True)
class Finding:
    """One unsafe setting: its name, what was found, what can happen, what to do."""

    setting: str
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.what}\n    why: {self.why}\n    do:  {self.fix}"


class UnsafeSettings(RuntimeError):
    """Production was asked to start with unsafe settings; `findings` lists them."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("Not started, because of unsafe settings:\n" + "\n".join(f"  {f}" for f in findings))


def unsafe(config: Config) -> list[Finding]:
    """Every unsafe setting, judged as production would be; looks at files, asks no database."""
    return [finding for check in CHECKS for finding in check(config)]


def refuse_unsafe(config: Config) -> None:
    """Raise UnsafeSettings if this is production and anything is unsafe."""
    findings = unsafe(config) if config.get("TAILIN_ENV") == "production" else []
    if findings:
        raise UnsafeSettings(findings)


def _key(config: Config) -> Iterator[Finding]:
    why = "who knows or guesses the key can forge the cookies of any signed-in person"
    make = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
    keys = [("SECRET_KEY", config.get("SECRET_KEY") or "")]
    keys += [("SECRET_KEY_FALLBACKS", key) for key in config.get("SECRET_KEY_FALLBACKS") or ()]
    for name, given in keys:
        key = given.decode("latin-1") if isinstance(given, bytes) else str(given)
        if not key:
            yield Finding(name, "no key", why, make)
        elif len(key) < LEAST_KEY:
            yield Finding(name, f"{len(key)} characters, fewer than {LEAST_KEY}", why, make)
        elif len(set(key)) < LEAST_KINDS_OF_CHARACTERS or key.lower().startswith(KNOWN_KEYS):
            yield Finding(name, "looks like an example, not like a random key", why, make)


def _hosts(config: Config) -> Iterator[Finding]:
    why = "links in pages and one-time links could be made to lead to a stranger's host"
    hosts = config.get("TRUSTED_HOSTS")
    if not hosts:
        yield Finding(
            "TRUSTED_HOSTS", "empty", why, "name the public host, for example TRUSTED_HOSTS=tanhui.example.cn"
        )
    elif any(
        "*" in host or host.strip(".") == "" or ("." not in host.strip(".") and host != "localhost") for host in hosts
    ):
        yield Finding(
            "TRUSTED_HOSTS", "takes in a whole domain", why, "name each host in full, without * or a bare ending"
        )


def _development_switches(config: Config) -> Iterator[Finding]:
    for name, why in (
        ("DEBUG", "error pages would show source code and let a visitor run commands"),
        ("TESTING", "errors would go past the handlers that hide details"),
        ("PROPAGATE_EXCEPTIONS", "errors would go past the handlers that hide details"),
        ("SQLALCHEMY_ECHO", "statements with personal data would be written to the log"),
        ("SQLALCHEMY_RECORD_QUERIES", "statements with personal data would be kept in memory"),
        ("EXPLAIN_TEMPLATE_LOADING", "the log would fill with the layout of the server's files"),
    ):
        if config.get(name):
            yield Finding(name, "switched on", why, f"leave {name} unset")


def _demo(config: Config) -> Iterator[Finding]:
    if config.get("DEMO"):
        why = "anybody could sign in as one of the demo people, and invented cases would stand among real ones"
        yield Finding("DEMO", "demo mode is on", why, "set DEMO=0 and start with an empty database")


def _cookies(config: Config) -> Iterator[Finding]:
    if not config.get("SESSION_COOKIE_SECURE"):
        yield Finding(
            "COOKIE_SECURE",
            "cookies travel over http",
            "a listener on the network could take over a sign-in",
            "serve over https and leave COOKIE_SECURE unset",
        )
    if not config.get("SESSION_COOKIE_HTTPONLY"):
        yield Finding("SESSION_COOKIE_HTTPONLY", "switched off", "a script could read the cookie", "leave it on")
    if config.get("SESSION_COOKIE_SAMESITE") not in {"Lax", "Strict"}:
        yield Finding(
            "SESSION_COOKIE_SAMESITE",
            "neither Lax nor Strict",
            "another site could act in the name of a signed-in person",
            "set it to Lax",
        )
    if config.get("SESSION_COOKIE_DOMAIN") or config.get("SESSION_COOKIE_PATH", "/") != "/":
        yield Finding(
            "SESSION_COOKIE_DOMAIN",
            "cookies are not bound to this host alone",
            "another host of the same domain could read or plant them",
            "leave domain and path unset",
        )
    for name in ("SESSION_COOKIE_NAME", "SIGN_IN_COOKIE_NAME"):
        if not str(config.get(name, "")).startswith("__Host-"):
            yield Finding(
                name,
                "without the prefix __Host-",
                "another host of the same domain could plant the cookie",
                "leave the name as it is set with COOKIE_SECURE=1",
            )


def _https(config: Config) -> Iterator[Finding]:
    if config.get("PREFERRED_URL_SCHEME") != "https":
        yield Finding(
            "PREFERRED_URL_SCHEME",
            "links are written with http",
            "one-time links would travel in the open",
            "serve over https and leave COOKIE_SECURE unset",
        )
    if config.get("HOST") not in {"127.0.0.1", "::1", "localhost"} and not config.get("BEHIND_PROXY"):
        yield Finding(
            "HOST",
            "listens to the network without a proxy",
            "pages and passwords would travel unencrypted, and addresses in the throttle could not be trusted",
            "listen on 127.0.0.1 behind a proxy that speaks https, and set BEHIND_PROXY=1",
        )


def _papers(config: Config) -> Iterator[Finding]:
    site = urlsplit(config.get("PUBLIC_URL") or "")
    hosts = {host.lstrip(".").partition(":")[0] for host in config.get("TRUSTED_HOSTS") or ()}
    foreign = site.hostname not in hosts and not list(_hosts(config))  # bad hosts have their own finding
    if site.scheme != "https" or foreign:
        yield Finding(
            "PUBLIC_URL",
            "is not this site over https",
            "whoever scans the code of a certificate would be led elsewhere, and could be shown a false answer",
            "set it to the public address, for example https://tanhui.example.cn, with a host of TRUSTED_HOSTS",
        )


def _csrf(config: Config) -> Iterator[Finding]:
    if not config.get("WTF_CSRF_ENABLED", True) or not config.get("WTF_CSRF_CHECK_DEFAULT", True):
        yield Finding(
            "WTF_CSRF_ENABLED",
            "switched off",
            "another site could act in the name of a signed-in person",
            "leave it on",
        )


def _sizes(config: Config) -> Iterator[Finding]:
    why = "one visitor could fill the server's memory or disk"
    for name, most in (
        ("MAX_CONTENT_LENGTH", LARGEST_REQUEST),
        ("MAX_FORM_MEMORY_SIZE", 5_000_000),
        ("MAX_FORM_PARTS", 10_000),
    ):
        if not 0 < (config.get(name) or 0) <= most:
            yield Finding(name, "no limit, or one that is too high", why, f"set it to at most {most}")
    if not 0 < (config.get("MAX_UPLOAD_BYTES") or 0) <= (config.get("MAX_CONTENT_LENGTH") or 0):
        yield Finding(
            "MAX_UPLOAD_MB",
            "a file may be larger than a request",
            "people would be promised an upload that always fails",
            "set MAX_UPLOAD_MB lower",
        )


def _passwords(config: Config) -> Iterator[Finding]:
    memory, passes = config.get("ARGON2_MEMORY_KIB") or 0, config.get("ARGON2_TIME") or 0
    if memory < LEAST_ARGON2_KIB or passes < LEAST_ARGON2_TIME or (config.get("ARGON2_LANES") or 0) < 1:
        yield Finding(
            "ARGON2_MEMORY_KIB",
            f"{memory} KiB, {passes} passes",
            "stolen password hashes could be guessed quickly",
            "leave the three ARGON2 settings as they are",
        )


def _sessions(config: Config) -> Iterator[Finding]:
    for name, most in (
        ("SESSION_IDLE_STAFF", timedelta(minutes=30)),
        ("SESSION_IDLE", timedelta(hours=1)),
        ("SESSION_LENGTH", timedelta(hours=12)),
    ):
        length = config.get(name)
        if not isinstance(length, timedelta) or not timedelta(0) < length <= most:
            yield Finding(
                name,
                "sign-ins last too long",
                "a forgotten screen stays open for whoever sits down next",
                f"set it to at most {most}",
            )


def _database(config: Config) -> Iterator[Finding]:
    url = config.get("SQLALCHEMY_DATABASE_URI") or ""
    file = sqlite_file(url)
    if file is not None:
        yield from _closed("DATABASE_URL", file)
        yield from _outside_web("DATABASE_URL", file)
        return
    if not url.startswith("postgresql"):
        yield Finding(
            "DATABASE_URL",
            "no SQLite file and no PostgreSQL address",
            "what is written would be lost or refused",
            "use sqlite:///var/name.db or postgresql://user@host/name",
        )
        return
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    host = parts.hostname or options.get("host", [""])[0]
    nearby = host in {"", "localhost", "127.0.0.1", "::1"} or host.startswith("/")
    if parts.username in {"postgres", "root"}:
        yield Finding(
            "DATABASE_URL",
            f"the database is used as {parts.username}",
            "a fault in one query could read or destroy every database of the server",
            "make a user for Tailin that owns nothing else",
        )
    if parts.password is not None and parts.password.lower() in KNOWN_PASSWORDS:
        yield Finding(
            "DATABASE_URL",
            "the database password is a common one",
            "it would be the first to be tried",
            "give the database user a long random password",
        )
    if not nearby and options.get("sslmode", [""])[0] not in {"verify-full", "verify-ca"}:
        yield Finding(
            "DATABASE_URL",
            "the way to another host is not checked",
            "a listener on the network could read or change what is decided",
            "add ?sslmode=verify-full",
        )


def _store(config: Config) -> Iterator[Finding]:
    folder = Path(config.get("STORE_DIR") or ".")
    yield from _closed("STORE_DIR", folder)
    yield from _outside_web("STORE_DIR", folder)


def _closed(name: str, path: Path) -> Iterator[Finding]:
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = "700" if path.is_dir() else "600"
        yield Finding(
            name,
            "other users of this machine may read it",
            "applications hold people's names and contracts",
            f"chmod {mode} the {'folder' if path.is_dir() else 'file'} it names",
        )


def _outside_web(name: str, path: Path) -> Iterator[Finding]:
    if path.resolve().is_relative_to(ROOT / "registry" / "static"):
        yield Finding(
            name,
            "lies in the folder that is served to everybody",
            "anybody could download it without signing in",
            "put it elsewhere, for example under var/",
        )


def _mail(config: Config) -> Iterator[Finding]:
    if not config.get("MAIL_HOST"):
        return
    if config.get("MAIL_TLS") == "none" and config["MAIL_HOST"] not in NEARBY:
        yield Finding(
            "MAIL_TLS",
            "mail goes to another host in the open",
            "a listener on the network could read what people are told, and the password",
            "leave MAIL_TLS unset (STARTTLS), or set it to tls",
        )
    if config.get("MAIL_USER") and (config.get("MAIL_PASSWORD") or "").lower() in KNOWN_PASSWORDS:
        yield Finding(
            "MAIL_PASSWORD",
            "missing, or a common one",
            "anybody could send mail in the name of the bureau",
            "give MAIL_USER a long random password, and set MAIL_PASSWORD to it",
        )


def advice(config: Config) -> list[Finding]:
    """What is missing or will not work but is not unsafe: production starts without it."""
    return [*_missing(config), *_faces(config)]


def _missing(config: Config) -> Iterator[Finding]:
    if not config.get("HELP_PHONE"):
        why = "people who need help find no number on the help page"
        yield Finding("HELP_PHONE", "no phone number", why, "set HELP_PHONE to the number of the task force")
    if not config.get("MAIL_HOST"):
        why = "people are told only in their inbox here, and learn of nothing until they sign in"
        yield Finding("MAIL_HOST", "no mail is sent", why, "set MAIL_HOST and MAIL_FROM")


def _faces(config: Config) -> Iterator[Finding]:
    for face, path in (config.get("REPORT_FACES") or {}).items():
        if path and (fault := fonts.fault_of(path)):
            yield Finding(
                f"FONT_{face.upper()}",
                f"the file cannot be embedded ({fault})",
                "no report could be made as PDF",
                "give a TrueType font (.ttf) that this user may read, or leave it unset",
            )


CHECKS: tuple[Callable[[Config], Iterator[Finding]], ...] = (
    _key,
    _hosts,
    _development_switches,
    _demo,
    _cookies,
    _https,
    _papers,
    _csrf,
    _sizes,
    _passwords,
    _sessions,
    _database,
    _store,
    _mail,
)
