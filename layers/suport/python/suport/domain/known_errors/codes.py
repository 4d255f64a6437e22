"""Codes of errors in a text.

AutoFirma's (SAF_…), those of the card payments' platform (SIS0…) and of browsers (ERR_…) are codes
wherever they stand. A number is one only where the text says so: it may as well be an amount, a
date, a phone number or a status of HTTP. A code that the text denies ("no longer 190") counts for
nothing.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from suport.domain.known_errors.catalogue import KnownError, error_of_form, error_with_code
from suport.domain.known_errors.plain_text import plain, words


@dataclass(frozen=True, slots=True)
class StatedCode:
    """A code in a text.

    code: as the service spells it. error: the known error; for a code that is only of the form of
    others, the one that stands for all of them. is_listed: whether it is in the catalogue. at:
    where it stands in the plain text; ends: where it ends.
    """

    code: str
    error: KnownError
    is_listed: bool
    at: int
    ends: int


# In pictures' texts, a nought is read as the letter O, a one as an l or an I, and an A as a four.
# A line may break after the low line; codes may follow each other without anything in between.
_AUTOFIRMA = re.compile(
    r"(?:(?<![a-z0-9])|(?<=[0-9])(?=saf[_0-9]))[s5]\.?[a4]\.?f(?:_\s{1,3}|[ _.:#-]{0,3})"
    r"(?:(?:codi|codigo|code|numero|num|nr|no|n)[ .:]{0,2})?"
    r"(?=[oil]{0,2}[0-9])([0o]{0,2}[0-9]|[0-9oil]{2})(?:(?![a-z0-9])|(?=saf[_0-9]))"
    r"|(?<![a-z0-9])s [a4] f[ _.:-]{1,5}(?=[oil]?[ ]?[0-9])([0-9oil] [0-9oil])(?![a-z0-9])"
)
_PLATFORM = re.compile(
    r"(?<![a-z0-9])[s5][i1l][s5][ _-]?(?=o?[oil]{0,3}[0-9])([0o][0-9oil]{3})(?![a-z0-9])"
)
# "err_190" is no browser's: it says "error 190".
_BROWSER = re.compile(
    r"(?<![a-z0-9])(?:(?!err_(?:[a-z]+_)?-?[0-9]+(?![a-z0-9_]))err"
    r"|net_error|sec_error|ssl_error|mozilla_pkix_error|dns_probe)_[a-z0-9_]{3,60}"
    r"|(?<![a-z0-9])pr_[a-z_]{3,40}_error"
)
_LETTERS = str.maketrans("oil", "011")

# A minus belongs to the number after it unless it joins that number to something before. Numbers
# written together (dates, amounts) and words that begin with a number are one token and no code.
_TOKEN = re.compile(r"(?:(?<![a-z0-9_])-)?[0-9][a-z0-9_]*(?:[.,:/-][0-9][a-z0-9_]*)*|[a-z_]+|\n|\S")


# The words that call the next number a code, and the words and signs that may come in between.
_NAMES_A_CODE = words(
    "error errors errorcode errornumber errada err codi codis codigo cod code codes resposta "
    "respuesta response responsecode fehler fehlercode fehlernummer fehlermeldung antwort "
    "antwortcode resultat resultado result ergebnis estat estado status tpv redsys denegat "
    "denegada denegado rebutjat rebutjada rechazado rechazada declined denied refused abgelehnt"
)
_OTHER_CODES = words("postal post zip area access procedure product sia dir3")
_BETWEEN = words(
    "n no num numero nr nummer number es era is was ist war el la l un una the a den die der ein "
    "eine que amb con with mit de d tipus tipo type"
)
_NUMBER = words("n nr num numero number nummer")
_CODE = words("codi codis codigo cod code codes")
# What else has codes: "codi de la taxa: 201", "tasa 046 código 101".
_OTHERS_WITH_CODES = words(
    "taxa tasa tax fee gebuhr tramit tramite procediment procedimiento procedure verfahren sia "
    "dir3 expedient expediente model modelo formulari formulario producte producto postal "
    "registre registro organ organo unitat unidad centre centro municipi municipio"
)
_PUNCTUATION = frozenset("""\n:=#()[]{}"'’`«»“”„-.,>*°|/""")
_LEADS_ON = frozenset(":-=|)]\n")
_DASH_FIRST = re.compile(r"^-?0?(?=[1-9][0-9]{2,5}$)")
_MONEY_OR_SHARE = words("€ $ £ % eur euro euros")
_COUNTED = words(  # "error 190 MB", "error 101 vegades"
    "b kb mb gb tb kib mib gib ko mo go byte bytes kilobyte kilobytes megabyte megabytes mega "
    "megas vegada vegades vez veces cop cops time times mal male ocasions ocasiones pagina "
    "pagines paginas page pages seite seiten full fulls hoja hojas fitxer fitxers arxius fichero "
    "ficheros archivo archivos file files datei dateien document documents documento documentos "
    "dokumente annexos anexos dia dies dias day days tag tage tagen hora hores horas hour hours "
    "stunde stunden minut minuts minuto minutos minute minutes minuten min segon segons segundo "
    "segundos second seconds sekunde sekunden s ms m km cm mm kg pixel pixels pixeles px dpi ppp "
    "caracter caracters caracteres characters zeichen linia linies linea lineas line lines zeile "
    "zeilen persones personas people personen usuaris usuarios users mes mesos meses months "
    "monate any anys anos years jahre punts puntos points"
)
# Statuses of HTTP, as their names go on: "204 No Content".
_STATUSES = re.compile(r"1[0-9]{2}|2[0-9]{2}")
_STATUS_NAMES = words(
    "created accepted switching processing multi already reset partial ok content"
)
_AMOUNTS = words("import importe amount total betrag preu precio price cuantia quantia")
_SHOWS = words(  # "me sale el 190", "em surt l'error", "ich bekomme die 190", "I get a 190"
    "surt surten sortit sortia sale salen salido salia salta saltat saltado apareix aparegut "
    "aparece aparecido dona donat da dado daba get gets getting got shows showed showing bekomme "
    "bekommt kommt kam erscheint erhalte diu dice pone posa mostra muestra says"
)
_LONG = 4  # figures of the codes that are no likely amount: 9915
_GIVES_BACK = words("devuelve devolvio retorna retorno returns returned liefert")
_ARTICLES = words("el l un the a die den der ein eine")
_FEW_WORDS = 8  # as far as "error" may be from a number behind a colon

# "no longer error 190": a word for "not", and what may stand between it and the code.
_NOT = words(
    "no not nicht kein keine keinen keiner sin sense without ohne cap ningun ninguna isn wasn didn "
    "doesn don never nunca mai nie ni nor neither tampoc tampoco cannot statt anstatt"
)
_REACHED_OVER = ((_CODE | _BETWEEN | _SHOWS | _GIVES_BACK | _NUMBER) - words("que no")) | words(
    "error errors errada err fehler fehlercode fehlermeldung show tell me em se ya ja mas mes more "
    "mehr longer any t s era sido estat esta been be it es hay hi ha tinc tenc tengo tiene te have "
    "has had habe hatte trata tracta del al lo le los esto aixo this that das dieser diese dieses "
    "say get see veo veig sehe sobre por per about um wegen von"
)
_INSTEAD = re.compile(r"\b(?:en (?:vez|lugar) del?|en lloc del?|instead of)(?: [a-z']+){0,3} ?$")
_NOT_AFTER = re.compile(r" +(?:no|not|nicht|nein) *(?:[,.;!\n)]|$|sino\b|but\b|pero\b|sondern\b)")
_WORD_OR_SIGN = re.compile(r"[a-z0-9@]+|[^\s_]|\n")
_QUOTES = frozenset("""'"’`«“„#""")
_OR = words("o u or oder ni nor y i and und")
# After one code, what another one may follow: "not error 190 but 191", "errors 190 and 191".
_GOES_ON_WITH = words("but sino sondern rather ahora now ara jetzt") | _OR
_NEAR = 120  # characters before a code in which it may be denied


def codes_in(text: str) -> list[StatedCode]:
    """The codes that a plain text states: AutoFirma's first, then others', then numbers.

    text: see `plain_text.plain`.
    """
    found: list[StatedCode] = []
    for of_form in (_autofirma_codes, _platform_codes, _browser_codes, _numbers):
        taken = [(each.at, each.ends) for each in found]
        found += (each for each in of_form(text) if _is_free(each, taken))
    denied: set[int] = set()
    for each in sorted(found, key=lambda each: each.at):
        if _is_denied(text, each, [other for other in found if other.at in denied]):
            denied.add(each.at)
    stated = [each for each in found if each.at not in denied]
    return list({each.code: each for each in reversed(stated)}.values())[::-1]


def known_code(code: str) -> str | None:
    """The known code that is all the text says, in capitals and without blanks; else None.

    >>> known_code(" saf 8"), known_code("error 190"), known_code("190, card of Anna")
    ('SAF_08', '190', None)
    """
    text = plain(code)
    stated = codes_in(text)
    if len(stated) != 1 or not stated[0].is_listed:
        return None
    (only,) = stated
    besides = re.findall(r"[^\W_]+", f"{text[: only.at]} {text[only.ends :]}")
    return only.code if (_NAMES_A_CODE | _NUMBER | {"net"}).issuperset(besides) else None


def stated_code(error: Mapping[str, str]) -> str | None:
    """The known code that a citizen states: as the code, or else as the only one in the message.

    error: `code` and `message`; both may be missing.
    """
    if code := error.get("code", "").strip():
        return known_code(code)
    known = {each.code for each in codes_in(plain(error.get("message", ""))) if each.is_listed}
    return known.pop() if len(known) == 1 else None


def _is_free(stated: StatedCode, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether no part of it belongs to a code found before: SIS0051 in ERR_SIS0051."""
    return all(stated.ends <= at or ends <= stated.at for at, ends in taken)


def _is_denied(text: str, stated: StatedCode, denied: Sequence[StatedCode]) -> bool:
    """Whether the text says that it is not this code. denied: the codes before that are not."""
    if _NOT_AFTER.match(text, stated.ends):
        return True
    begins = max(0, stated.at - _NEAR)
    before = text[begins : stated.at]
    if _INSTEAD.search(before):
        return True
    said = _WORD_OR_SIGN.findall(before)
    for place in range(len(said) - 1, -1, -1):
        word = said[place]
        if word in _NOT:
            # "error no 190" says "number"
            names_number = word == "no" and place == len(said) - 1 and place > 0
            return not (names_number and said[place - 1] in _NAMES_A_CODE)
        if word not in _REACHED_OVER and word not in _QUOTES:
            break
    last = re.search(r"\b([a-z]+) +$", before)
    return last is not None and (
        last[1] in _OR and any(text[each.ends : begins + last.start()].isspace() for each in denied)
    )


def _stated(code: str, form: str, found: re.Match[str]) -> StatedCode:
    error = error_with_code(code)
    return StatedCode(code, error or error_of_form(form), error is not None, *found.span())


def _autofirma_codes(text: str) -> Iterator[StatedCode]:
    for found in _AUTOFIRMA.finditer(text):
        number = int((found[1] or found[2]).replace(" ", "").translate(_LETTERS))
        yield _stated(f"SAF_{number:02}", "SAF_", found)


def _platform_codes(text: str) -> Iterator[StatedCode]:
    for found in _PLATFORM.finditer(text):
        yield _stated(f"SIS{found[1].translate(_LETTERS)}", "SIS", found)


def _browser_codes(text: str) -> Iterator[StatedCode]:
    for found in _BROWSER.finditer(text):
        code = found[0].rstrip("_").upper()
        about_certificates = re.search(r"SSL|CERT|SEC_|PKIX", code)
        yield _stated(code, "ERR_SSL_" if about_certificates else "ERR_", found)


def _numbers(text: str) -> Iterator[StatedCode]:
    """The known codes among the numbers that the text calls a code."""
    spans = list(_TOKEN.finditer(text))
    tokens = [each[0] for each in spans]
    spoken = [place for place, token in enumerate(tokens) if token[-1].isalnum()]
    first = next((place for place in spoken if tokens[place] not in _NUMBER), None)
    called: set[int] = set()  # the places of the codes so far
    for place in spoken:
        code = _without_zero(tokens[place])
        error = error_with_code(code)
        if error is None or not code.lstrip("-").isdigit() or _is_something_else(tokens, place):
            continue
        begins = spans[place].start()
        if text[begins - 1 : begins].isalpha() and not _may_be_joined(tokens[place - 1]):  # "A190"
            continue
        alone = place == spoken[-1]
        stands_first = place == first and (alone or _leads_on(tokens[place + 1]))
        if stands_first or _is_called_a_code(tokens, place, called):
            called.add(place)
            yield StatedCode(code, error, True, *spans[place].span())  # noqa: FBT003  as declared


def _may_be_joined(word: str) -> bool:
    """Whether a number may follow the word without a blank: "error190", "nº190"."""
    return word in _NAMES_A_CODE or word in _NUMBER


def _without_zero(code: str) -> str:
    """0190 as 190, and -190 ("Error -190") too."""
    return _DASH_FIRST.sub("", code)


def _leads_on(token: str) -> bool:
    """Whether an explanation of the code before it begins here: "190: denied", "190 error"."""
    return token in _LEADS_ON or token in _NAMES_A_CODE


def _is_something_else(tokens: Sequence[str], place: int) -> bool:
    """Whether it is an amount, a count, a status of HTTP or a part of a longer number.

    "190 €", "190 MB", "HTTP 204", "190 101".
    """
    around = tokens[max(0, place - 1) : place + 2]
    if not _MONEY_OR_SHARE.isdisjoint(around) or not _COUNTED.isdisjoint(around[-1:]):
        return True
    if _is_status(tokens, place):
        return True
    return any(len(each) > 1 and each.isdigit() for each in around[-1:] if each != tokens[place])


def _is_status(tokens: Sequence[str], place: int) -> bool:
    """Whether it is a status of HTTP."""
    before = tokens[max(0, place - 4) : place]
    if "\n" in before:
        before = before[len(before) - before[::-1].index("\n") :]
    if "http" in before or "http" in tokens[place + 1 : place + 3]:
        return True
    if not _STATUSES.fullmatch(tokens[place]):
        return False
    if not _STATUS_NAMES.isdisjoint(tokens[place + 1 : place + 2]):
        return True
    return "status" in tokens[max(0, place - 3) : place]


def _is_called_a_code(tokens: Sequence[str], place: int, called: Container[int]) -> bool:
    """Whether the words before it say so, or its own first digit does: no amount begins with 0.

    called: the places of numbers before it that are codes.
    """
    before = place - 1
    while before >= 0 and (tokens[before] in _PUNCTUATION or tokens[before] in _BETWEEN):
        before -= 1
    if before >= 0 and _NAMES_A_CODE & {tokens[before], *tokens[before].split("_")}:
        return not _is_of_something_else(tokens, before)
    if before >= 0 and tokens[before] in _SHOWS | _GIVES_BACK:
        return _is_shown(tokens, before, place)
    if _follows_a_code(tokens, before, called):
        return True
    if before >= 0 and (tokens[before] in _OTHER_CODES or tokens[before].isdigit()):
        return False
    if re.fullmatch(r"0[1-9][0-9]{2}", tokens[place]):
        return True
    return place > 0 and tokens[place - 1] in {":", "=", "("} and _speaks_of_codes(tokens, place)


def _is_shown(tokens: Sequence[str], shows: int, place: int) -> bool:
    """Whether a screen shows the number: "em surt un 190", "me devuelve 9912".

    A number of three figures without an article may as well be an amount.
    """
    if shows == place - 1:
        return tokens[shows] in _GIVES_BACK or (
            tokens[place].startswith("9") and len(tokens[place]) == _LONG
        )
    return tokens[place - 1] in _ARTICLES or tokens[place - 2 : place] == ["l", "'"]


def _is_of_something_else(tokens: Sequence[str], named: int) -> bool:
    """Whether the word at that place names the code of something else than an error."""
    before = [each for each in tokens[max(0, named - 4) : named] if each[-1].isalnum()]
    if tokens[named] not in _CODE or not before:
        return False
    if before[-1].isdigit():
        before.pop()
    return bool(before) and before[-1] in _OTHER_CODES | _OTHERS_WITH_CODES


def _follows_a_code(tokens: Sequence[str], before: int, called: Container[int]) -> bool:
    """Whether nothing but "and", "but" or the like parts it from another code."""
    while before >= 0 and (
        tokens[before] in _PUNCTUATION
        or tokens[before] in _BETWEEN
        or tokens[before] in _GOES_ON_WITH
    ):
        before -= 1
    return before in called


def _speaks_of_codes(tokens: Sequence[str], place: int) -> bool:
    """Whether "error" or the like stands some words before: "error en el pagament: 190"."""
    line = tokens[max(0, place - 2 * _FEW_WORDS) : place]
    if "\n" in line:
        line = line[len(line) - line[::-1].index("\n") :]
    near = [each for each in line if each[-1].isalnum()][-_FEW_WORDS:]
    if not (_AMOUNTS | _OTHER_CODES).isdisjoint(near):
        return False
    of_others = not _OTHERS_WITH_CODES.isdisjoint(near)
    return not (_NAMES_A_CODE - _CODE if of_others else _NAMES_A_CODE).isdisjoint(near)
