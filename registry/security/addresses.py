"""Addresses a person may be sent to after signing in."""

from urllib.parse import urlsplit


def local_path(target: str | None) -> str | None:
    """The path if it stays on this site, else None: no scheme, no host, nothing a browser would read as one."""
    # Browsers drop control signs and turn \ into /, so "/\evil.example" and "/<tab>/evil.example" lead away.
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if not target.isprintable() or target != target.strip():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
