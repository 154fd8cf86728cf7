"""Who asks, under which headers: session cookie, response headers, refusal of foreign posts."""

from flask import Flask

from registry.security import headers, sessions, throttle


def init_app(app: Flask) -> None:
    """Register before `permissions.init_app`: the guard reads `g.user`."""
    throttle.init_app(app)
    headers.init_app(app)
    sessions.init_app(app)
