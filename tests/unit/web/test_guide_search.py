"""The search for guides, by what people type."""

import pytest

from suport.domain.guide import Guide
from suport.domain.language import Language
from suport.web.guide_search import find

ASKED = {
    (Guide.INSTALL_AUTOFIRMA, "ca"): [
        "instal·lar l'autofirma",
        "descarregar autofirma",
        "vull instalar la firma",
    ],
    (Guide.INSTALL_AUTOFIRMA, "es"): [
        "instalar autofirma",
        "descargar autofirma",
        "bajar programa de firma",
        "autofirma",
        "que es autofirma",
        "donde descargo autofirma",
        "no se donde descargarla autofirma",
    ],
    (Guide.INSTALL_AUTOFIRMA, "en"): [
        "install autofirma",
        "download autofirma",
        "where do I get autofirma",
    ],
    (Guide.INSTALL_AUTOFIRMA, "de"): ["AutoFirma installieren", "AutoFirma herunterladen"],
    (Guide.FIND_CERTIFICATE, "ca"): [
        "no trob el certificat",
        "certificat caducat",
        "no em surt el certificat",
        "el firefox no troba el meu certificat",
    ],
    (Guide.FIND_CERTIFICATE, "es"): [
        "no encuentro mi certificado",
        "donde esta mi certificado digital",
        "no me sale el certificado",
        "el navegador no ve mi certificado",
        "renovar certificado",
        "certificado caducado",
        "certificado fnmt",
        "importar certificado p12",
    ],
    (Guide.FIND_CERTIFICATE, "en"): [
        "I cannot find my certificate",
        "where is my certificate",
        "certificado",
        "chrome certificate",
        "my certificate is not listed",
    ],
    (Guide.FIND_CERTIFICATE, "de"): [
        "Zertifikat nicht gefunden",
        "wo ist mein Zertifikat",
        "Zertifikat im Firefox",
    ],
    (Guide.CLAVE, "ca"): [
        "identificar-me amb clave",
        "nivell insuficient",
        "clave",
        "he canviat de telèfon",
    ],
    (Guide.CLAVE, "es"): [
        "como registrarme en clave",
        "he olvidado la contraseña de clave permanente",
        "entrar con clave movil",
        "no me llega el sms de clave",
        "me pide nivel avanzado",
        "clave pin",
        "crear cuenta clave",
    ],
    (Guide.CLAVE, "en"): ["log in with cl@ve"],
    (Guide.CLAVE, "de"): ["mit Clave anmelden", "Cl@ve registrieren"],
    (Guide.DNIE_PIN, "ca"): [
        "pin del dni oblidat",
        "he oblidat el pin",
        "carnet bloquejat",
        "el pin no funciona",
        "em diu que el pin és incorrecte",
        "se m'ha bloquejat el dni electrònic",
    ],
    (Guide.DNIE_PIN, "es"): [
        "pin del dni bloqueado",
        "no recuerdo el pin del dnie",
        "se me ha olvidado el pin",
        "numero CAN",
        "perdi el pin",
    ],
    (Guide.DNIE_PIN, "en"): ["forgot my pin", "pin blocked", "pin", "unlock the DNIe"],
    (Guide.DNIE_PIN, "de"): ["PIN vergessen", "PIN gesperrt", "PIN", "Ausweis PIN vergessen"],
    (Guide.AUTOFIRMA_DOES_NOT_OPEN, "ca"): ["autofirma no s'obre", "autofirma no arrenca"],
    (Guide.AUTOFIRMA_DOES_NOT_OPEN, "es"): [
        "no se abre autofirma",
        "autofirma no responde",
        "no pasa nada al firmar",
        "autofirma no funciona",
        "la aplicacion autofirma no se inicia",
    ],
    (Guide.AUTOFIRMA_DOES_NOT_OPEN, "en"): ["autofirma does not open", "autofirma won't start"],
    (Guide.AUTOFIRMA_DOES_NOT_OPEN, "de"): ["AutoFirma startet nicht"],
    (Guide.SIGN_PDF, "ca"): ["firmar un pdf", "signar document"],
    (Guide.SIGN_PDF, "es"): [
        "firmar un documento pdf",
        "como firmo un pdf",
        "firma visible en el pdf",
        "validar una firma",
        "como se firma electronicamente un documento",
    ],
    (Guide.SIGN_PDF, "en"): ["sign a document", "how do I sign a pdf"],
    (Guide.SIGN_PDF, "de"): ["PDF unterschreiben", "firmar pdf", "Dokument elektronisch signieren"],
    (Guide.PAYMENT_NOT_VERIFIED, "ca"): [
        "he pagat i no surt",
        "m'han cobrat dues vegades",
        "pagament no verificat",
        "he pagat la taxa i em diu que no he pagat",
    ],
    (Guide.PAYMENT_NOT_VERIFIED, "es"): [
        "he pagado y no aparece",
        "no encuentro el justificante de pago",
        "me han cobrado dos veces",
        "pago",
        "recibo de la tasa",
        "doble cargo",
        "me han cobrado y no tengo el recibo",
        "me sale pendiente de pago",
    ],
    (Guide.PAYMENT_NOT_VERIFIED, "en"): [
        "I paid twice",
        "payment not verified",
        "proof of payment",
        "payment",
    ],
    (Guide.PAYMENT_NOT_VERIFIED, "de"): [
        "Ich habe bezahlt",
        "doppelt bezahlt",
        "Zahlungsbeleg",
        "Zahlung",
        "Geld abgebucht aber nicht bestätigt",
    ],
    (Guide.CARD_REFUSED, "ca"): [
        "targeta rebutjada",
        "codi 184",
        "la targeta no funciona",
        "targeta",
        "el banc rebutja el pagament",
    ],
    (Guide.CARD_REFUSED, "es"): [
        "error 190",
        "tarjeta rechazada",
        "el banco no acepta mi tarjeta",
        "9912",
        "tarjeta",
        "pago denegado",
        "la tarjeta ha caducado",
        "visa rechazada",
        "error 101",
    ],
    (Guide.CARD_REFUSED, "en"): [
        "card declined",
        "my card was refused",
        "error 9915",
        "cvv wrong",
        "bank refused payment",
    ],
    (Guide.CARD_REFUSED, "de"): [
        "Karte abgelehnt",
        "Kreditkarte",
        "Karte wird nicht angenommen",
        "Fehler 184",
    ],
    (Guide.ATTACH_DOCUMENT, "ca"): [
        "no puc adjuntar el document",
        "pujar un fitxer",
        "fitxer massa gran",
        "pes màxim del pdf",
        "no em deixa pujar la foto",
    ],
    (Guide.ATTACH_DOCUMENT, "es"): [
        "no puedo adjuntar un archivo",
        "el archivo es demasiado grande",
        "subir documento",
        "foto iphone heic",
        "no me deja subir el pdf",
        "reducir tamaño pdf",
        "adjunto",
        "formato de archivo no permitido",
    ],
    (Guide.ATTACH_DOCUMENT, "en"): [
        "upload a file",
        "file too large",
        "attach a photo",
        "document not accepted",
        "compress pdf",
    ],
    (Guide.ATTACH_DOCUMENT, "de"): [
        "Datei anhängen",
        "Dokument hochladen",
        "Datei zu groß",
        "iPhone Foto",
        "PDF verkleinern",
    ],
    (Guide.EXPIRED_SESSION, "ca"): [
        "la sessió ha caducat",
        "m'ha tret de la pàgina",
        "sesion caducada",
        "esborrany",
        "em tanca la sessió",
        "he de tornar a començar el tràmit",
    ],
    (Guide.EXPIRED_SESSION, "es"): [
        "me echa",
        "sesion caducada",
        "se ha cerrado la sesion",
        "me saca de la pagina",
        "me ha echado del tramite",
        "he perdido lo que habia escrito",
        "retomar un tramite",
        "sesión",
        "tiempo de sesion agotado",
        "se me cerro la pagina",
    ],
    (Guide.EXPIRED_SESSION, "en"): ["session expired", "logged out", "continue later", "timed out"],
    (Guide.EXPIRED_SESSION, "de"): ["Sitzung abgelaufen", "Sitzung", "Ich wurde abgemeldet"],
}
"""What people type, by the guide that they need and the language in which they read."""


@pytest.mark.parametrize(
    ("guide", "reader", "typed"),
    [(guide, reader, each) for (guide, reader), typed in ASKED.items() for each in typed],
)
def test_the_guide_that_people_need_comes_first(guide: Guide, reader: str, typed: str) -> None:
    assert find(typed, Language(reader))[0] is guide


@pytest.mark.parametrize("reader", Language)
@pytest.mark.parametrize(
    ("typed", "guide"),
    [
        *[
            ("instal·lar autofirma", Guide.INSTALL_AUTOFIRMA),
            ("autofrima", Guide.INSTALL_AUTOFIRMA),
        ],
        *[
            ("INSTALLAR AUTOFIRMA", Guide.INSTALL_AUTOFIRMA),
            ("Zertifikate", Guide.FIND_CERTIFICATE),
        ],
        *[("certificados", Guide.FIND_CERTIFICATE), ("Cl@ve", Guide.CLAVE), ("clave", Guide.CLAVE)],
        *[("he olvidado el pin del dni", Guide.DNIE_PIN), ("sign a pdf", Guide.SIGN_PDF)],
        *[("sesion caducada", Guide.EXPIRED_SESSION), ("190", Guide.CARD_REFUSED)],
        *[("la sessió a caducat", Guide.EXPIRED_SESSION), ("PDF zu groß", Guide.ATTACH_DOCUMENT)],
    ],
)
def test_it_comes_first_whatever_language_the_reader_asks_in(
    typed: str, guide: Guide, reader: Language
) -> None:
    assert find(typed, reader)[0] is guide


def test_an_empty_search_finds_all_and_one_without_a_known_word_none() -> None:
    assert find(" … ", Language.CATALAN) == list(Guide)
    assert find("zzzz qqqq", Language.CATALAN) == []


def test_a_pasted_page_is_searched_for_its_first_words_only() -> None:
    pasted = "xxxxxxxxx " * 10_000 + "pin"
    assert find(pasted, Language.SPANISH) == find("pin", Language.SPANISH)


def test_a_code_in_a_question_counts_more_than_its_other_words() -> None:
    found = find("con autofirma y el certificado me sale el error 190", Language.SPANISH)
    assert found[0] is Guide.CARD_REFUSED
