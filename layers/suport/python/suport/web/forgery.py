"""Whether a form was sent by a page of another site, in the name of a citizen who does not know.

Browsers say where a request comes from (Fetch Metadata), older ones at least the origin of its
page. Since the service's pages ask for no referrer, these send "null" for its own forms, too; the
session's cookie, which no other site's request carries (SameSite), then is what protects.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_forged(headers: Mapping[str, str]) -> bool:
    """Whether these headers of a POST, by their names in lower case, tell of another site."""
    if site := headers.get("sec-fetch-site"):
        return site not in {"same-origin", "none"}  # "none": the citizen's own doing, like a reload
    origin = headers.get("origin", "null")
    if origin == "null":
        return False
    try:
        return urlsplit(origin).netloc != headers.get("host", "")
    except ValueError:
        return True
