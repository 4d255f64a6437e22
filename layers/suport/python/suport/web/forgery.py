"""Whether a page of another site sent a request, in the name of somebody who does not know of it.

Browsers say where a request comes from (Fetch Metadata), older ones at least the origin of its
page. Because the service's pages ask for no referrer, older browsers send "null" for its own forms,
too. In that case the session's cookie protects: no request of another site carries it (SameSite).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_forged(headers: Mapping[str, str]) -> bool:
    """Whether a request with these headers, named in lower case, comes from another site."""
    if site := headers.get("sec-fetch-site"):
        return site not in {"same-origin", "none"}  # "none": the citizen's own act, like a reload
    origin = headers.get("origin", "null")
    if origin == "null":
        return False
    try:
        return urlsplit(origin).netloc != headers.get("host", "")
    except ValueError:
        return True
