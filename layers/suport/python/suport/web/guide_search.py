"""The search for guides, by the words of their titles and texts in any language."""

from functools import cache

from suport.domain.guide import Guide
from suport.domain.language import Language
from suport.domain.plain_words import words
from suport.texts.published_guides import GuideText, text_of
from suport.words.word_search import WordSearch

ALSO_CALLED = {
    Guide.INSTALL_AUTOFIRMA: """
        bajar baixar descargar descarregar download herunterladen java programa firma
        """,
    Guide.FIND_CERTIFICATE: """
        aparece surt sale digital magatzem almacén keystore renovar caducat instal·lar
        importar installieren abgelaufen erneuern expired
        """,
    Guide.CLAVE: """
        clave pin clau nivell nivel registrar registre contrasenya contraseña password
        Passwort identificació login log entrar sms móvil mòbil anmelden
        """,
    Guide.DNIE_PIN: """
        carnet dni dnie identitat identidad Ausweis bloquejat bloqueado gesperrt oblidat
        olvidado olvidé recuerdo record forgot forgotten vergessen incorrecte incorrecto puk
        NIE CAN número
        """,
    Guide.AUTOFIRMA_DOES_NOT_OPEN: """
        arranca funciona funktioniert inicia pasa passa reacciona responde respon start
        startet reagiert works working java popup websocket SAF error
        """,
    Guide.SIGN_PDF: """
        signatura signar documento document Dokument contracte contrato unterschreiben
        Unterschrift validar valid firma electrònica electrónica electrónicamente
        """,
    Guide.PAYMENT_NOT_VERIFIED: """
        rebut recibo receipt Quittung Beleg Zahlungsbeleg taxa tasa fee Gebühr bizum 046 cobrar
        cobrat cobrado charged abgebucht doble dues dos veces vegades twice doppelt zweimal
        justificant justificante aparece surt sale consta
        """,
    Guide.CARD_REFUSED: """
        denegar rechazar rebutjar denegada rechazada declined abgelehnt visa mastercard
        crèdit crédito debit débito Kreditkarte EC bizum cvv funciona works funktioniert
        """,
    Guide.ATTACH_DOCUMENT: """
        annexar anexar adjunt adjunto pdf pujar subir cargar carregar upload hochladen
        anhängen Anhang foto imagen imatge image Bild fitxer archivo file Datei escanejar
        escanear tamaño mida size gran grande large groß pes MB jpg comprimir compress reduir
        reducir
        """,
    Guide.EXPIRED_SESSION: """
        timeout temps tiempo reprendre reanudar esborrany borrador retomar continuar echa
        echado saca sacado fora fuera tret tanca tancat cierra cerrado cerró pàgina tornar
        començar volver empezar expulsa desconecta desconnecta out logged kicked rausgeworfen
        abgemeldet inactivitat inactividad
        """,
}
"""Words with which people ask for a guide that does not have them."""

_WEIGHTS = (1.0, 1.0, 0.6, 0.3, 0.1)
"""What a word weighs: in the title, in `ALSO_CALLED`, in another language's title, in the text,
and in the text in another language.
"""


def find(query: str, language: Language) -> list[Guide]:
    """The guides for a query of a reader of that language, the likeliest first.

    First comes what helps with an error that the query names. Then words in few guides weigh more
    than words in many, and those of titles more than those of texts. People ask in sentences: no
    word is needed. An empty query finds all; one without any word of a guide finds none.
    """
    found = _search(language).heaviest(_read_aloud(query))
    if not words(query):
        return found
    from suport.domain.known_errors.recognition import recognise  # noqa: PLC0415  only for a search

    helping = [sign.known_error.guide for sign in recognise(query) if sign.code]
    return list(dict.fromkeys(guide for guide in (*helping, *found) if guide))


@cache
def _search(language: Language) -> WordSearch[Guide]:
    others = [other for other in Language if other is not language]
    return WordSearch(
        (
            (
                guide,
                (
                    [_read_aloud(text_of(guide, language).title)],
                    [ALSO_CALLED[guide]],
                    [_read_aloud(text_of(guide, other).title) for other in others],
                    [_said(text_of(guide, language))],
                    [_said(text_of(guide, other)) for other in others],
                ),
            )
            for guide in Guide
        ),
        weights=_WEIGHTS,
    )


def _said(text: GuideText) -> str:
    """The words of a guide, without the addresses of its links."""
    lines = (line for block in text.blocks() for line in block.lines)
    return _read_aloud("\n".join("".join(words for words, _ in line) for line in lines))


def _read_aloud(text: str) -> str:
    """The text with Cl@ve as people say and mostly type it."""
    return text.replace("@", "a")
