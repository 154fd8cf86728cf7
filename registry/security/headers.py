"""The headers of every answer, and the refusal of unsafe requests that come from another site."""

from flask import Flask, Response, abort, g, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
"""No nonce and no hash: there is no inline script and no inline style at all."""

OFF = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get",
    "screen-wake-lock", "usb", "xr-spatial-tracking",
)  # fmt: skip

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in OFF),
}
WHERE = "geolocation=(self)"
"""What the field pages ask for, and nothing else may."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_foreign() -> None:
    """403 for an unsafe request that the browser says came from another site; CSRF tokens stand beside this."""
    if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def init_app(app: Flask) -> None:
    """Put the headers on every answer, errors and files among them."""
    https = bool(app.config["SESSION_COOKIE_SECURE"])
    csp = f"{CSP}; upgrade-insecure-requests" if https else CSP

    def add(response: Response) -> Response:
        asked = response.headers.get("Permissions-Policy")
        response.headers.update(ALWAYS)
        if asked == WHERE:
            response.headers["Permissions-Policy"] = ALWAYS["Permissions-Policy"].replace("geolocation=()", asked)
        # A view may be stricter (a sandbox on downloads, no referrer from a page with a token).
        response.headers.setdefault("Content-Security-Policy", csp)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint != "static" and (g.get("user") is not None or request.method not in SAFE_METHODS):
            response.headers["Cache-Control"] = "no-store"
        return response

    app.before_request(refuse_foreign)
    app.after_request(add)
