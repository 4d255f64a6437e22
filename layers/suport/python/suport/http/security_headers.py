"""The headers that protect the reader of any answer."""


def page_headers(
    *, connects: bool = False, captures: bool = False, store: str = ""
) -> dict[str, str]:
    """What a page may do in the reader's browser: no more than its script needs.

    connects: whether its script sends requests to the service. captures: whether its script may
    capture the reader's screen, once the reader has chosen what to show. store: the origin of the
    store to which the page sends files, if it does.
    """
    sending = f"'self' {store}".rstrip()
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self'",
        "connect-src": sending if connects else "",
        "form-action": sending,
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    features = {
        "camera": "()",
        # Without this one, a page that captures a tab could scroll and zoom that tab.
        "captured-surface-control": "()",
        "display-capture": "(self)" if captures else "()",
        "geolocation": "()",
        "microphone": "()",
    }
    return {
        "Content-Security-Policy": "; ".join(
            f"{directive} {sources}" for directive, sources in policy.items() if sources
        ),
        "Permissions-Policy": ", ".join(f"{name}={allowed}" for name, allowed in features.items()),
    }


SECURITY_HEADERS = {
    **page_headers(),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer. The service never frames a page, is never framed, and asks for no device.

Only a page whose script needs more has other `page_headers`.
"""
