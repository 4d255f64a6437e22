"""Numbers of identity documents: Spanish ones, checked by their letter, and all others."""

import re
import unicodedata

from pydantic_core import PydanticCustomError

from suport.domain import typed_text

_SPANISH = r"(?: D\W?N\W?I (?:\W?E)? | N\W?I\W?[EF] | T\W?I\W?E )"
_LABEL = re.compile(
    rf"""^\W* (?: (?: {_SPANISH} | C\W?I\W?F | V\W?A\W?T )
        (?: \b | (?=[XYZKLM]?[\W_]*\d) ) [\W_]* )*
    (?: (?: N(?:[UÚ]M(?:ERO)?)? [.ºO°]* | NO | Nº ) [\s:.] [\W_]* )?
    (?: ES [\W_]* (?=[A-Z]?\W*\d) )?""",
    re.VERBOSE,
)
_OTHER_LABEL = re.compile(r"(?:(?:[^\W\d_][.'’\s]\s*)*[^\W\d_]{2,}[\W_]+)+")
_CALLED_SPANISH = re.compile(rf"\b{_SPANISH} (?: \b | (?=[XYZKLM]?[\W_]*\d) )", re.VERBOSE)
# Words around a number that say nothing about its country, without accents.
_OF_ANY_COUNTRY = {
    *("DOC", "DOCUMENT", "DOCUMENTO", "DOKUMENT", "DOCUMENTACIO", "DOCUMENTACION"),
    *("ID", "IDENTITAT", "IDENTIDAD", "IDENTITY", "IDENTIFICACIO", "IDENTIFICACION"),
    *("IDENTIFICATION", "NACIONAL", "FISCAL", "ELECTRONIC", "ELECTRONICO"),
    *("NUM", "NUMERO", "NUMBER", "NUMMER", "NR", "NO"),
    *("EL", "LA", "THE", "DE", "DEL", "MEU", "MEVA", "MI", "MY", "MEIN", "MEINE", "MEINER"),
    *("ES", "IS", "IST", "SON", "LAUTET"),
}
# Documents that Spain does not number so, whole words only: Passarell is a name.
_PASSPORT = re.compile(r"\b(?:(?:REISE)?PASS(?:NUMMER|NR|NO)?|PAS[SZ]?[AE]?P[OE]+RTE?\w*)\b")
_DOCUMENT_ABROAD = re.compile(
    r"""\b(?: \w*AUSWEIS\w* | CEDULA | P\.?P\.?S\.?N? | BSN | CPF | CPR | CURP | CUI[TL]
    | PESEL | CNP | EGN | AHV | SSN | RUT | C\.?[CI](?!\.F) | CODICE | STEUER\w*
    | CART[EA]\WD\WIDENTIT\w* | PERSONNUMMER | KENNITALA )\b""",
    re.VERBOSE,
)
# Whose a document is, beside a word for it, or alone: Angles, Cuba and Alemany are names, too.
_COUNTRY = r"""(?:
    ESTRANGER | EXTRANJER | FOREIGN | AUSLAND | ARGENTI | PERU | COLOMBI | CHILE | XILE | URUGUA
    | PARAGUA | BOLIVI | E[CQ]UA | VENE[CZ] | MEXI[CK] | CUBA | DOMINICA | GUATEM | HONDUR
    | NICARAG | SALVADORE | PANAM | BRA[SZ]IL | PORTUG | ITALI | FRANC(?:A|IA|E|ESA?)\b | FRENCH
    | FRANKREICH | FRANZO | GERMANY | DEUTSCH | ALEMA | BRITI | BRITA | ANGLE | INGLE | ENGL
    | UK\b | USA\b | AMERI[CK] | IRISH | IRL | IREL | R[OU]MANI | R[OU]MANE | RUMAN | BULGAR
    | MARRO | MARRU | MOROC | MAROK | POLON | POLAN | POLIS | POLSK | POLAC | U[CK]RA | SUI[SZ]
    | SWISS | SCHWEIZ | AUSTRI | OSTERR | HOLL?AND | NETHER | NIEDER | NEDER | DUTCH | BELG | SUEC
    | SWED | SCHWED | DANES | DANIS | DINAM | DENM | NORUE | NORWE | XINA | XINES | CHINA
    | CHINO | CHINES | RUS[AIO] | RUSS | INDIA | PA[QK]UIS | PAKIS | FILIPIN | SENEGAL
    ) \w*"""
_ANY_DOCUMENT = rf"(?: {_SPANISH} | ID | DOC\w* | DOKUMENT\w* | CARNET | CARD )"
_OF_COUNTRY = re.compile(
    rf"""\b {_ANY_DOCUMENT} \b\W* (?: (?: DEL? | DE\sLA? | D | VON | FROM | OF ) \W+ )?
        \b {_COUNTRY} \b
    | \b (?: {_COUNTRY} | GERMAN ) \W+ {_ANY_DOCUMENT} \b
    | ^ [\W\d]* {_COUNTRY} [\W_]* (?: [XYZ]?[\W\d]* [A-Z] \W* )? $
    | \d [\W_]* [A-Z] \W+ {_COUNTRY} \W* $""",
    re.VERBOSE,
)
_BEHIND = re.compile(r"(\d.*?)\s*\((?!\W*[A-ZÇÑ]\W*\))[^()]*\)\W*$")
_THE_LETTER = re.compile(r"\b(?:(?:AMB|CON|MIT)\s+)?(?:LLETRA|LETRA|LETTER|BUCHSTABEN?)\b")
_BEFORE_WORDS = re.compile(
    r"((?:0*[XYZKLM][\W_]*)?\d(?:[\d\W_]*\d)?([\W_]*)[A-ZÇÑ])(?![^\W_])"
    r"\D*?[^\W\d_]{2}\D*"
)
_FOREIGNER = re.compile(r"\b[NT]\W?I\W?E\b")  # a NIE, or the card that bears one
_DNI = re.compile(r"0*(\d{1,8})([A-ZÇÑ])")
_NIE = re.compile(r"0*([XYZ])0*(\d{1,7})([A-ZÇÑ])")
_NIF_OF_OTHERS = re.compile(r"0*([KLM]\d{7}[A-ZÇÑ])")  # minors and people without DNI or NIE
_DNI_DIGITS = 8  # one more than a NIE has
_FEWEST_DIGITS = 7  # of what is surely meant as a Spanish number


def identity_number(typed: str) -> str:
    """A DNI, NIE or NIF as the administration writes it; any other number as somebody typed it.

    What looks like the NIF of a company is also the passport of a person from another country.

    Raises
    ------
    PydanticCustomError
        `nif` if the letter of a DNI, of a NIE or of a person's NIF does not belong to its number.
    """
    from stdnum.es import nif  # noqa: PLC0415  only where one is given

    whole = _THE_LETTER.sub(" ", typed_text.bare(typed).upper())
    unlabelled = _BEHIND.sub(r"\1", _LABEL.sub("", whole))
    other_label = _OTHER_LABEL.match(unlabelled)
    stated = unlabelled[other_label.end() if other_label else 0 :]
    before_words = _BEFORE_WORDS.fullmatch(stated)
    compact = re.sub(r"[\W_]", "", before_words[1] if before_words else stated)
    if _may_lack_its_first_letter(whole, compact) or _is_called_foreign(whole):
        return typed
    written = _written(compact)
    if written and nif.is_valid(written):
        return written
    # "12345678 A. Pons": the letter may be the first of a name.
    is_sure = not before_words or not re.search(r"\s", before_words[2])
    digits = sum(each.isdigit() for each in compact)
    label = other_label[0] if other_label else ""
    if written and digits >= _FEWEST_DIGITS and is_sure and _is_called_spanish(whole, label):
        raise PydanticCustomError("nif", "NIF")
    return compact if nif.is_valid(compact) else typed


def _is_called_foreign(whole: str) -> bool:
    """Whether the document is said to be a passport or another country's."""
    plain = _folded(whole)
    is_passport = _PASSPORT.search(plain) and not _CALLED_SPANISH.search(plain)
    return bool(is_passport or _DOCUMENT_ABROAD.search(plain) or _OF_COUNTRY.search(plain))


def _is_called_spanish(whole: str, label: str) -> bool:
    """Whether a number of Spanish shape is called so and nothing else, or nothing at all."""
    plain = _folded(whole)
    if _PASSPORT.search(plain):
        return False
    words = set(re.findall(r"[^\W\d_]{2,}", _folded(label)))
    return words <= _OF_ANY_COUNTRY or bool(_CALLED_SPANISH.search(plain))


def _folded(text: str) -> str:
    """The text without accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(each for each in letters if unicodedata.category(each) != "Mn")


def _may_lack_its_first_letter(whole: str, compact: str) -> bool:
    """Whether this short DNI is called a NIE, or the text has a letter of a NIE before it."""
    found = _DNI.fullmatch(compact)
    if not found or len(found[1]) == _DNI_DIGITS:
        return False
    before = re.split(r"\d", whole, maxsplit=1)[0]
    return bool(_FOREIGNER.search(before) or re.search(r"[XYZKLM][\W_]*$", before))


def _written(compact: str) -> str | None:
    """The number of a person, with all its zeros and no others; None if it is none of Spain's."""
    if found := _DNI.fullmatch(compact):
        return found[1].zfill(8) + found[2]
    if found := _NIE.fullmatch(compact):
        return found[1] + found[2].zfill(7) + found[3]
    found = _NIF_OF_OTHERS.fullmatch(compact)
    return found[1] if found else None
