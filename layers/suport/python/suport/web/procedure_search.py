"""The search for procedures, by the words of their names and purposes in any language."""

from functools import cache, cached_property

from suport.domain.language import Language
from suport.domain.procedures import Catalogue, Procedure, catalogue
from suport.words.word_search import Found, WordSearch


class ProcedureSearch:
    """A search in a catalogue; it reads it once."""

    def __init__(self, among: Catalogue) -> None:
        """The search in that catalogue."""
        self._procedures = among.procedures
        self._alphabet = {
            language: {each.code: place for place, each in enumerate(among.alphabetical(language))}
            for language in Language
        }

    def find(
        self, query: str, language: Language, *, telematic_only: bool = False
    ) -> Found[Procedure]:
        """The procedures for a query, those first that have its words as they are.

        Of procedures equally near, those with the words in the name come before those that need
        their purpose; then the alphabet decides, in the reader's language. An empty query finds
        all.
        """
        alphabet = self._alphabet[language]
        return self._search.find(
            query,
            among=lambda each: each.telematic or not telematic_only,
            order=lambda each: alphabet[each.code],
        )

    @cached_property
    def _search(self) -> WordSearch[Procedure]:
        return WordSearch(
            ((each, (each.names.values(), each.purposes.values())) for each in self._procedures),
            (
                (code, place)
                for place, each in enumerate(self._procedures)
                for code in (each.code, each.sia_code)
                if code
            ),
        )


@cache
def procedure_search() -> ProcedureSearch:
    """The search in the catalogue that is shipped."""
    return ProcedureSearch(catalogue())
