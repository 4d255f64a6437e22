"""The forms of Catalan and Spanish words by which one is found under another.

The rules serve to compare two words, so they may propose forms that no language has: those match
nothing. They are taken from the endings that grammars list (Institut d'Estudis Catalans,
Gramàtica essencial, 7 and 8; Real Academia Española, Nueva gramática, 2 and 3). A stemmer would
join more than number and gender: Snowball's has one stem for `notari` and `notícia`.
"""

SHORTEST = 3
"""Letters that a proposed form has at least."""

# In plain letters: how a plural ends, and how its singular may. `s` alone is in all of them.
_PLURALS = {
    "es": ("a", ""),  # ajudes, subvenciones
    "os": ("",),  # permisos
    "ns": ("",),  # subvencions
    "ques": ("ca", "qua"),  # beques, pasqües
    "gues": ("ga", "gua"),  # botigues, llengües
    "ces": ("ca", "z"),  # places (plaça), veces
    "ges": ("ja",),  # platges
    "jos": ("ig",),  # bojos
    "tjos": ("g",),  # desitjos
    "ssos": ("s",),  # interessos
}

# How a feminine ends, how its masculine may, and how many letters must come before. Shorter words
# would often be others: carrera and carrer, vida and vit.
_FEMININES = {
    "ada": (("at", "ado"), 3),
    "ida": (("it", "ido"), 4),
    "uda": (("ut", "udo"), 4),
    "ita": (("it", "ito"), 4),
    "dora": (("dor",), 3),
    "tora": (("tor",), 3),
    "aria": (("ari", "ario"), 4),
    "era": (("er", "ero"), 5),
    "ica": (("ic", "ico"), 4),
    "iva": (("iu", "ivo"), 4),
    "osa": (("os", "oso"), 4),
    "ana": (("a", "ano"), 4),
}


def forms(word: str) -> set[str]:
    """What a word in plain letters may be an inflection of, itself included.

    Two words are forms of one word if they have one of these in common.
    """
    found = {word, *_replaced(word, "s", ("",))} if word.endswith("s") else {word}
    if len(found) > 1:
        for plural, singulars in _PLURALS.items():
            found |= _replaced(word, plural, singulars)
    for each in tuple(found):
        if each.endswith("a"):
            for feminine, (masculines, before) in _FEMININES.items():
                if len(each) - len(feminine) >= before:
                    found |= _replaced(each, feminine, masculines)
    return found


def _replaced(word: str, ending: str, others: tuple[str, ...]) -> set[str]:
    if not word.endswith(ending):
        return set()
    stem = word.removesuffix(ending)
    return {stem + other for other in others if len(stem) + len(other) >= SHORTEST}
