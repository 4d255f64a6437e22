"""What an editor writes to all whose incidents are linked to a known problem."""

from typing import Annotated

from suport.domain.submission import LONGEST_DESCRIPTION
from suport.http.bodies.parts import PARAGRAPHS, Length, Part

type _Message = Annotated[str, PARAGRAPHS, Length(LONGEST_DESCRIPTION)]


class InAllLanguages(Part):
    """One message in each language."""

    ca: _Message
    es: _Message
    en: _Message
    de: _Message


class MessageToAllBody(Part):
    """What all citizens get, each in their own language."""

    body: InAllLanguages
