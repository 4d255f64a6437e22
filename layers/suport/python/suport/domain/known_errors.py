"""Errors that citizens meet in procedures, and how to recognise one by a code or a pasted text.

What each means, and what to do about it, is in `texts.known_errors`.

The codes are those of card payments (101 to 9915), of AutoFirma (SAF_…) and of the signature
portal (-1, -2). A number counts as a code only if the text says that it is one: it may as well be
an amount, a date or a phone number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from suport.domain.incident import Category


class Fault(StrEnum):
    """What went wrong, by a name of our own."""

    PAYMENT_UNVERIFIED = "payment_unverified"
    CARD_EXPIRED = "card_expired"
    SECURITY_CODE_WRONG = "security_code_wrong"
    HOLDER_NOT_AUTHENTICATED = "holder_not_authenticated"
    PAYMENT_DENIED = "payment_denied"
    ISSUER_UNREACHABLE = "issuer_unreachable"
    PAYMENT_CANCELLED = "payment_cancelled"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_NOT_ALLOWED = "certificate_not_allowed"
    IDENTIFICATION_TOO_WEAK = "identification_too_weak"
    CERTIFICATE_STORE_CLOSED = "certificate_store_closed"
    SIGNING_FAILED = "signing_failed"
    NO_CERTIFICATE_TO_SIGN_WITH = "no_certificate_to_sign_with"
    NO_CERTIFICATE_FOUND = "no_certificate_found"
    PORTAL_FAILED = "portal_failed"
    SIGNATURE_CANCELLED = "signature_cancelled"
    CERTIFICATE_OF_ANOTHER = "certificate_of_another"


@dataclass(frozen=True, slots=True)
class Sign:
    """A known error: its code, if it has one, and its kind of problem."""

    fault: Fault
    code: str | None
    category: Category


_LONGEST = 10_000  # characters; the rest of a longer text is not read

# How the words of an error begin in Catalan, Spanish, English and German, without accents. A
# sentence has a wording if it has a word of each of the wording's groups, in any order.
type _Stems = tuple[str, ...]
type _Wording = tuple[_Stems | frozenset[str], ...]


def _words(words: str) -> _Stems:
    return tuple(words.split())


_NOT = frozenset(
    _words("no not nicht kein keine keinen sin sense without ohne cap ningun isn hasn wasn")
)
_NONE = frozenset(_words("cap ningun kein keine missing falta fehlt"))
_FOUND = _words("trob encontr found gefunden vorhanden")
_CARD = _words("targeta tarjeta card karte kreditkarte bankkarte debitkarte")
_PAYMENT = _words("pagament pago pagar payment zahlung bezahl")
_OPERATION = _words("operaci transacci transaction")
_BANK = _words("emisor emissor issuer kartenherausgeber banc banco bank")
_CERTIFICATE = _words("certificat certificad zertifikat")
_SIGNATURE = _words("firma firmar signatura signar signing signature signatur signieren")
_EXPIRED = _words("caduc expir vencid vencud abgelaufen")
_WRONG = _words("incorrect erron error wrong invalid falsch ungultig ungueltig fehler")
_DENIED = _words("deneg rebutja rechaza denied declined refused abgelehnt verweigert")
_CANCELLED = _words(
    "cancellat cancellad cancelat cancelad cancelled canceled anullat anullad anulad "
    "abgebrochen storniert"
)
_VERIFIED = _words("verific verified verifiz gepruft geprueft uberpruft ueberprueft")
_STORE = _words("magatzem almacen store keystore zertifikatspeicher zertifikatsspeicher")
_FAILED = _words("fallat fallad fallid failed fehlgeschlagen")

_KNOWN: tuple[tuple[Sign, tuple[_Wording, ...]], ...] = (
    (
        Sign(Fault.PAYMENT_UNVERIFIED, None, Category.PAYMENT),
        ((_PAYMENT, _NOT, _VERIFIED), (_PAYMENT, _words("unverified ungepruft"))),
    ),
    (
        Sign(Fault.CARD_EXPIRED, "101", Category.PAYMENT),
        ((_CARD, _EXPIRED),),
    ),
    (
        Sign(Fault.SECURITY_CODE_WRONG, "129", Category.PAYMENT),
        (
            (_words("cvv cvc"), _WRONG),
            (_words("seguretat seguridad security"), _words("codi codigo code"), _WRONG),
            (_words("sicherheitscode kartenprufnummer kartenpruefnummer"), _WRONG),
        ),
    ),
    (
        Sign(Fault.HOLDER_NOT_AUTHENTICATED, "184", Category.PAYMENT),
        (
            (
                _words("autentica authentic authentif"),
                (*_CARD, *_words("titular cardholder karteninhaber")),
            ),
        ),
    ),
    (
        Sign(Fault.PAYMENT_DENIED, "190", Category.PAYMENT),
        ((_CARD + _PAYMENT + _OPERATION + _BANK, _DENIED),),
    ),
    (
        Sign(Fault.ISSUER_UNREACHABLE, "9912", Category.PAYMENT),
        (
            (_BANK, _NOT, _words("disponible available verfugbar verfuegbar erreichbar")),
            (_BANK, _words("unavailable unreachable indisponible")),
        ),
    ),
    (
        Sign(Fault.PAYMENT_CANCELLED, "9915", Category.PAYMENT),
        ((_PAYMENT, _CANCELLED),),
    ),
    (
        Sign(Fault.CERTIFICATE_EXPIRED, None, Category.SIGNATURE),
        ((_CERTIFICATE, _EXPIRED),),
    ),
    (
        Sign(Fault.CERTIFICATE_REVOKED, None, Category.SIGNATURE),
        ((_CERTIFICATE, _words("revoca revoked widerrufen gesperrt")),),
    ),
    (
        Sign(Fault.CERTIFICATE_NOT_ALLOWED, None, Category.SIGNATURE),
        (
            (
                _CERTIFICATE,
                _NOT,
                _words(
                    "admes admet admit permes permitid acceptat aceptad accepted allowed "
                    "zugelassen erlaubt"
                ),
            ),
        ),
    ),
    (
        Sign(Fault.IDENTIFICATION_TOO_WEAK, None, Category.SIGNATURE),
        (
            (
                _words("nivell nivel level niveau qaa"),
                _words("seguretat seguridad garanti assurance security identific autentic qaa"),
                _words("insuficient insufficient baix bajo low inferior superior higher"),
            ),
            (
                _words("sicherheitsniveau vertrauensniveau"),
                _words("niedrig unzureichend hoher hoeher"),
            ),
        ),
    ),
    (
        Sign(Fault.CERTIFICATE_STORE_CLOSED, "SAF_08", Category.SIGNATURE),
        (
            (_words("keystore zertifikatspeicher zertifikatsspeicher schlusselspeicher"),),
            (_STORE, (*_CERTIFICATE, *_words("clau clave key"))),
        ),
    ),
    (
        Sign(Fault.SIGNING_FAILED, "SAF_09", Category.SIGNATURE),
        (
            (_SIGNATURE, _FAILED),
            (_SIGNATURE, _words("operaci operation vorgang"), _words("error fehler")),
        ),
    ),
    (
        Sign(Fault.NO_CERTIFICATE_TO_SIGN_WITH, "SAF_10", Category.SIGNATURE),
        (
            ((*_SIGNATURE, "autofirma"), _NOT, _CERTIFICATE, _FOUND),
            ((*_SIGNATURE, "autofirma"), _NONE, _CERTIFICATE),
        ),
    ),
    (
        Sign(Fault.NO_CERTIFICATE_FOUND, None, Category.SIGNATURE),
        (
            (_CERTIFICATE, _NOT, _FOUND),
            (_CERTIFICATE, _NONE),
        ),
    ),
    (
        Sign(Fault.PORTAL_FAILED, "-1", Category.SIGNATURE),
        (
            (_words("portafib portafirm portasignatur"), _words("error fehler")),
            (("portal",), _SIGNATURE, _words("error fehler")),
        ),
    ),
    (
        Sign(Fault.SIGNATURE_CANCELLED, "-2", Category.SIGNATURE),
        ((_SIGNATURE, _CANCELLED),),
    ),
    (
        Sign(Fault.CERTIFICATE_OF_ANOTHER, None, Category.SIGNATURE),
        (
            (
                _words("nif nie dni"),
                _words("altre otro another different diferent distint anderen andere"),
                _words("firma signa signed unterschrieben"),
            ),
        ),
    ),
)

_CODES = {sign.code: index for index, (sign, _) in enumerate(_KNOWN) if sign.code}
_AUTOFIRMA = re.compile(r"(?<![a-z0-9])saf[ _-]?(0?8|0?9|10)(?![a-z0-9])")
# A minus belongs to the number after it unless it joins that number to something before. Numbers
# written together (dates, amounts) and words that begin with a number are one token and no code.
_TOKEN = re.compile(r"(?:(?<![a-z0-9_])-)?[0-9][a-z0-9_]*(?:[.,:/-][0-9][a-z0-9_]*)*|[a-z_]+|\n|\S")

# The words that call the next number a code, and the words and signs that may come in between.
_NAMES_A_CODE = frozenset(
    _words(
        "error errors errorcode err codi codigo cod code resposta respuesta response responsecode "
        "fehler fehlercode fehlernummer antwort antwortcode resultat resultado result ergebnis "
        "estat estado status"
    )
)
_OTHER_CODES = frozenset(_words("postal post zip area access procedure product"))
_BETWEEN = frozenset(_words("n no num numero nr nummer number es era is was ist war el the den"))
_PUNCTUATION = frozenset("""\n:=#()[]"'’«»“”„-.>*°|""")
_LEADS_ON = frozenset(":-=|)]\n")
_DASHES = dict.fromkeys(map(ord, "−–—‐‑"), "-")
_MONEY_OR_SHARE = frozenset(["€", "$", "£", "%", "eur", "euro", "euros"])


def recognise(text: str) -> list[Sign]:
    """The known errors that a code or a pasted text mentions, the most certain first.

    The order is: AutoFirma's codes, numbers that the text calls a code, wordings in Catalan,
    Spanish, English or German.
    """
    plain = _plain(text[:_LONGEST])
    found = [*_autofirma_codes(plain), *_said_codes(plain), *_wordings(plain)]
    return [_KNOWN[index][0] for index in dict.fromkeys(found)]


def known_code(code: str) -> str | None:
    """The known code that the text consists of, in capitals and without blanks; else None.

    >>> known_code(" saf 8"), known_code("190"), known_code("190, card of Anna")
    ('SAF_08', '190', None)
    """
    plain = _plain(code[:_LONGEST]).strip()
    if _AUTOFIRMA.fullmatch(plain):
        return _KNOWN[next(_autofirma_codes(plain))][0].code
    index = _CODES.get(_without_zero(plain))
    return None if index is None else _KNOWN[index][0].code


def _plain(text: str) -> str:
    """The text in lower case, without accents, with a plain double l for the Catalan l·l."""
    letters = unicodedata.normalize("NFKD", text.translate(_DASHES)).casefold()
    letters = "".join(each for each in letters if not unicodedata.combining(each))
    return re.sub(r"(?<=l)[·.•](?=l)", "", letters)


def _autofirma_codes(text: str) -> Iterator[int]:
    for found in _AUTOFIRMA.finditer(text):
        yield _CODES[f"SAF_{int(found[1]):02}"]


def _said_codes(text: str) -> Iterator[int]:
    """The known codes among the numbers that the text calls a code."""
    tokens = _TOKEN.findall(text)
    words = [place for place, token in enumerate(tokens) if token[-1].isalnum()]
    for place in words:
        index = _CODES.get(_without_zero(tokens[place]))
        if index is None or _is_amount(tokens, place):
            continue
        stands_first = place == words[0] and (len(words) == 1 or _leads_on(tokens[place + 1]))
        if stands_first or _is_named_a_code(tokens, place):
            yield index


def _without_zero(code: str) -> str:
    """0190 as 190."""
    return re.sub(r"^-?0?(?=[1-9][0-9]{2,3}$)", "", code)


def _leads_on(token: str) -> bool:
    """Whether an explanation of the code before it begins here: "190: denied", "190 error"."""
    return token in _LEADS_ON or token in _NAMES_A_CODE


def _is_amount(tokens: Sequence[str], place: int) -> bool:
    return not _MONEY_OR_SHARE.isdisjoint(tokens[max(0, place - 1) : place + 2])


def _is_named_a_code(tokens: Sequence[str], place: int) -> bool:
    """Whether "error", "codi" or the like comes before it, with nothing of weight in between."""
    before = place - 1
    while before >= 0 and (tokens[before] in _PUNCTUATION or tokens[before] in _BETWEEN):
        before -= 1
    if before < 0 or not _NAMES_A_CODE & {tokens[before], *tokens[before].split("_")}:
        return False
    return before == 0 or tokens[before - 1] not in _OTHER_CODES


def _wordings(text: str) -> Iterator[int]:
    """The errors that a sentence of the text describes, first sentence first."""
    for sentence in re.split(r"[\n;!?]|\.(?=\s)", text):
        words = re.findall(r"[a-z0-9]+", sentence)
        if not words:
            continue
        for index, (_, wordings) in enumerate(_KNOWN):
            if any(_says(words, wording) for wording in wordings):
                yield index


def _says(words: Sequence[str], wording: _Wording) -> bool:
    """Whether a sentence has a word of each group; "has not expired" does not say "expired"."""
    denies = _NOT in wording or _NONE in wording
    return all(
        any(
            _is_one_of(word, group)
            and (denies or _NOT.isdisjoint(words[max(0, place - 2) : place]))
            for place, word in enumerate(words)
        )
        for group in wording
    )


def _is_one_of(word: str, group: _Stems | frozenset[str]) -> bool:
    return word in group if isinstance(group, frozenset) else word.startswith(group)
