"""Errors that citizens meet in procedures, and what they can do at once without waiting for help.

The codes are those of the card payments (101 to 9915), of AutoFirma (SAF_…) and of the signature
portal (-1, -2). A number is taken for a code only where something says that it is one: it may as
well be an amount, a date or a phone number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suport.domain.incident import Category
from suport.texts.message import N_, Message


@dataclass(frozen=True, slots=True)
class Sign:
    """An error that is known: what it means, and the first thing to do about it."""

    code: str | None
    category: Category
    meaning: Message
    first_step: Message


_LONGEST = 10_000  # characters that are read of a text

# How the words of an error begin in Catalan, Spanish, English and German, without accents; a
# wording is found in a sentence that has a word of each of its groups, in whatever order.
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
        Sign(
            None,
            Category.PAYMENT,
            N_("It is not verified yet whether the payment was made."),
            N_(
                "If you have proof of the payment, do not discard the payment and do not pay "
                "again: report it here. Otherwise look again in some minutes."
            ),
        ),
        ((_PAYMENT, _NOT, _VERIFIED), (_PAYMENT, _words("unverified ungepruft"))),
    ),
    (
        Sign(
            "101",
            Category.PAYMENT,
            N_("The card has expired."),
            N_("Check the date that you typed, or pay with another card."),
        ),
        ((_CARD, _EXPIRED),),
    ),
    (
        Sign(
            "129",
            Category.PAYMENT,
            N_("The security code of the card (CVV) is not correct."),
            N_(
                "Type the three digits on the back of the card again; some cards have four on "
                "the front."
            ),
        ),
        (
            (_words("cvv cvc"), _WRONG),
            (_words("seguretat seguridad security"), _words("codi codigo code"), _WRONG),
            (_words("sicherheitscode kartenprufnummer kartenpruefnummer"), _WRONG),
        ),
    ),
    (
        Sign(
            "184",
            Category.PAYMENT,
            N_("The bank could not make sure that you are the holder of the card."),
            N_(
                "Pay again and confirm it as your bank asks: in its app, or with the code that "
                "it sends you. If that does not work, ask your bank."
            ),
        ),
        (
            (
                _words("autentica authentic authentif"),
                (*_CARD, *_words("titular cardholder karteninhaber")),
            ),
        ),
    ),
    (
        Sign(
            "190",
            Category.PAYMENT,
            N_("The bank denied the payment without giving a reason."),
            N_("Ask your bank for the reason, or pay with another card."),
        ),
        ((_CARD + _PAYMENT + _OPERATION + _BANK, _DENIED),),
    ),
    (
        Sign(
            "9912",
            Category.PAYMENT,
            N_("The bank that issued the card could not be reached."),
            N_(
                "Look first whether the amount was taken from your account. If it was not, wait "
                "some minutes and pay again, or use another card."
            ),
        ),
        (
            (_BANK, _NOT, _words("disponible available verfugbar verfuegbar erreichbar")),
            (_BANK, _words("unavailable unreachable indisponible")),
        ),
    ),
    (
        Sign(
            "9915",
            Category.PAYMENT,
            N_("The payment was cancelled before it was finished."),
            N_(
                "If you still want to pay, start the payment again, and leave the bank's page "
                "open until it leads you back."
            ),
        ),
        ((_PAYMENT, _CANCELLED),),
    ),
    (
        Sign(
            None,
            Category.SIGNATURE,
            N_("The certificate has expired."),
            N_(
                "Use another certificate that is valid, or renew this one with whoever issued "
                "it. The page may also offer another way to identify yourself."
            ),
        ),
        ((_CERTIFICATE, _EXPIRED),),
    ),
    (
        Sign(
            None,
            Category.SIGNATURE,
            N_("The certificate was revoked."),
            N_("It cannot be used again. Use another one, or ask whoever issued it for a new one."),
        ),
        ((_CERTIFICATE, _words("revoca revoked widerrufen gesperrt")),),
    ),
    (
        Sign(
            None,
            Category.SIGNATURE,
            N_("Certificates of this kind are not allowed here."),
            N_(
                "Choose another certificate when you are asked for one, or another way to "
                "identify yourself that the page offers."
            ),
        ),
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
        Sign(
            None,
            Category.SIGNATURE,
            N_("The way in which you identified yourself is not secure enough for this procedure."),
            N_("Identify yourself again in a more secure way, for example with a certificate."),
        ),
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
        Sign(
            "SAF_08",
            Category.SIGNATURE,
            N_("AutoFirma cannot open the store of your certificates."),
            N_(
                "Close the browser and AutoFirma, and open them again. If your certificate is on "
                "a card, put the card into its reader first."
            ),
        ),
        (
            (_words("keystore zertifikatspeicher zertifikatsspeicher schlusselspeicher"),),
            (_STORE, (*_CERTIFICATE, *_words("clau clave key"))),
        ),
    ),
    (
        Sign(
            "SAF_09",
            Category.SIGNATURE,
            N_("AutoFirma could not sign."),
            N_(
                "Close the browser and AutoFirma, open them again, and sign once more. Check the "
                "certificate's password if you are asked for it."
            ),
        ),
        (
            (_SIGNATURE, _FAILED),
            (_SIGNATURE, _words("operaci operation vorgang"), _words("error fehler")),
        ),
    ),
    (
        Sign(
            "SAF_10",
            Category.SIGNATURE,
            N_("AutoFirma found no certificate to sign with."),
            N_(
                "Check that your certificate is installed on this computer with its private key "
                "and has not expired."
            ),
        ),
        (
            ((*_SIGNATURE, "autofirma"), _NOT, _CERTIFICATE, _FOUND),
            ((*_SIGNATURE, "autofirma"), _NONE, _CERTIFICATE),
        ),
    ),
    (
        Sign(
            None,
            Category.SIGNATURE,
            N_("No certificate was found."),
            N_(
                "Check that it is installed in the browser that you use, or that its card is in "
                "the reader. Then close all windows of the browser and open it again."
            ),
        ),
        (
            (_CERTIFICATE, _NOT, _FOUND),
            (_CERTIFICATE, _NONE),
        ),
    ),
    (
        Sign(
            "-1",
            Category.SIGNATURE,
            N_("The signature portal met an error."),
            N_("Wait some minutes and sign again."),
        ),
        (
            (_words("portafib portafirm portasignatur"), _words("error fehler")),
            (("portal",), _SIGNATURE, _words("error fehler")),
        ),
    ),
    (
        Sign(
            "-2",
            Category.SIGNATURE,
            N_("The signature was cancelled before it was finished."),
            N_("Sign again, and finish it in the window that opens."),
        ),
        ((_SIGNATURE, _CANCELLED),),
    ),
    (
        Sign(
            None,
            Category.SIGNATURE,
            N_("It was signed with another person's certificate."),
            N_("Sign again, and choose the certificate with the NIF of the person who must sign."),
        ),
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
# A minus belongs to a number unless it joins it to something; numbers written together (dates,
# amounts) and what begins with a number are one token, and no code.
_TOKEN = re.compile(r"(?:(?<![a-z0-9_])-)?[0-9][a-z0-9_]*(?:[.,:/-][0-9][a-z0-9_]*)*|[a-z_]+|\n|\S")

# What says that the number after it is a code, and what may stand in between.
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
    """The known errors that a code or a pasted text speaks of, the most certain first.

    Certain are AutoFirma's codes, then numbers that are said to be a code, then wordings, in
    Catalan, Spanish, English or German.
    """
    plain = _plain(text[:_LONGEST])
    found = [*_autofirma_codes(plain), *_said_codes(plain), *_wordings(plain)]
    return [_KNOWN[index][0] for index in dict.fromkeys(found)]


def known_code(code: str) -> str | None:
    """The known code that was typed as a code, and nothing else; in capitals, without blanks.

    >>> known_code(" saf 8"), known_code("190"), known_code("190, card of Anna")
    ('SAF_08', '190', None)
    """
    plain = _plain(code[:_LONGEST]).strip()
    if _AUTOFIRMA.fullmatch(plain):
        return _KNOWN[next(_autofirma_codes(plain))][0].code
    index = _CODES.get(_without_zero(plain))
    return None if index is None else _KNOWN[index][0].code


def _plain(text: str) -> str:
    """In lower case and without accents; a broken or dotted double l of Catalan is a double l."""
    letters = unicodedata.normalize("NFKD", text.translate(_DASHES)).casefold()
    letters = "".join(each for each in letters if not unicodedata.combining(each))
    return re.sub(r"(?<=l)[·.•](?=l)", "", letters)


def _autofirma_codes(text: str) -> Iterator[int]:
    for found in _AUTOFIRMA.finditer(text):
        yield _CODES[f"SAF_{int(found[1]):02}"]


def _said_codes(text: str) -> Iterator[int]:
    """The codes among the numbers of which something says that they are codes."""
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
    """Whether a code that begins the text is explained from here: "190: denied", "190 error"."""
    return token in _LEADS_ON or token in _NAMES_A_CODE


def _is_amount(tokens: Sequence[str], place: int) -> bool:
    return not _MONEY_OR_SHARE.isdisjoint(tokens[max(0, place - 1) : place + 2])


def _is_named_a_code(tokens: Sequence[str], place: int) -> bool:
    """Whether "error", "codi" or the like stands before it, with nothing of weight in between."""
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
