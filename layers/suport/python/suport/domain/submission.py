"""What a citizen submits."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.domain.language import Language

SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 10, 4000  # characters, as a person counts them
LONGEST_ERROR = 4000  # of a message, a log or a stack trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a citizen submits. A part that the citizen left empty is an empty mapping.

    error: `code` and `message`. procedure: `code` and `name`. contact: `name`, `email`, `phone`,
    `nif` and `availability`; an e-mail address or a phone number is among them; with the phone
    comes `dial`, the number to dial. context: `step`, `browser` and `charged`.
    """

    language: Language
    category: Category
    description: str
    error: dict[str, str] = field(default_factory=dict)
    procedure: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str]
    privacy_notice: str | None = None
    context: dict[str, str] = field(default_factory=dict)
    topic: Topic | None = None


def fingerprint(submission: Submission) -> str:
    """The SHA-256 of the content, without the language, which a browser may choose by default.

    It leaves out the number to dial, too, which follows from the phone. A retry after a deployment
    must find the incident that its key made: the same content has the same fingerprint in every
    version of the service.
    """
    stated = {name: part for name, part in asdict(submission).items() if part}
    del stated["language"]
    stated["contact"].pop("dial", None)
    content = json.dumps(stated, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()
