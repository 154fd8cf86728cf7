"""Who asks, under which headers: session cookie, response headers, refusal of foreign posts."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register before `permissions.init_app`: the guard reads `g.user`."""
    # Here, not above: services that need a token must be importable before what signs people in.
    from registry.security import headers, sessions, throttle

    throttle.init_app(app)
    headers.init_app(app)
    sessions.init_app(app)
