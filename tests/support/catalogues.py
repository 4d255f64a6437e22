"""The catalogues of the service's texts, as a test reads them."""

from functools import cache
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from suport.domain.language import Language
from suport.texts.message import LOCALES


@cache
def catalogue(language: Language) -> Catalog:
    """The translations into a language; English, the source, has none."""
    content = (LOCALES / language / "LC_MESSAGES/suport.po").read_bytes()
    return read_po(BytesIO(content), locale=language, abort_invalid=True)
