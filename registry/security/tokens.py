"""Random tokens, kept only as their digest."""

import hashlib
import hmac
import secrets


def fresh() -> str:
    """256 random bits, safe in a cookie and in an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256 as 64 hexadecimal digits; a random token needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(key: str, text: str) -> str:
    """HMAC-SHA-256 of guessable text, so that the table alone does not give it away."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
