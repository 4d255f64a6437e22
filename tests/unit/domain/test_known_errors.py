import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suport.domain.incident import Category
from suport.domain.known_errors import Fault, recognise
from suport.texts.known_errors import ADVICE
from suport.texts.message import Message

CARD_CODES = ["101", "129", "184", "190", "9912", "9915"]
CODES = [*CARD_CODES, "SAF_08", "SAF_09", "SAF_10", "-1", "-2"]


def codes(text: str) -> list[str | None]:
    return [sign.code for sign in recognise(text)]


def meanings(text: str) -> list[str]:
    return [ADVICE[sign.fault].meaning.text for sign in recognise(text)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("around", ["{}", " {}\n", "({})", "{}.", "«{}»", "Error {}", "error: {}"])
def test_a_typed_code_is_recognised(code: str, around: str) -> None:
    assert codes(around.format(code)) == [code]


@pytest.mark.parametrize("code", CARD_CODES)
@pytest.mark.parametrize(
    "said",
    [
        "Codi d'error: {}",
        "codi de resposta 0{}",
        "Ha sortit l'error núm. {} en pagar la taxa",
        "CÓDIGO DE RESPUESTA = {}",
        "El código de error es {}, y no puedo seguir",
        "The error code is {}.",
        "Ds_Response=0{}&Ds_Order=12",
        "Fehlercode\n{}",
        "{}: something",
        "{} - something",
        "{}\nsomething",
        "{} error",
        "Error {}-denied",
        "Error -{}",
        "error ({}) 23/11/2026 10:15",
    ],
)
def test_a_number_that_the_text_calls_a_code_is_a_code(code: str, said: str) -> None:
    assert codes(said.format(code)) == [code]


@pytest.mark.parametrize("code", CARD_CODES)
@pytest.mark.parametrize(
    "told",
    [
        "{}1",
        "1{}",
        "error 1{}",
        "error {}1",
        "error A{}",
        "error {}b",
        "error {},50",
        "error {}.000",
        "error 1.{}",
        "error 2026-{}",
        "error {}-11-23",
        "{}/2026",
        "{} €",
        "€ {}",
        "error: {} euros",
        "error {} EUR",
        "He pagat {} euros i ha sortit un error",
        "An error came up when I paid {}",
        "971 {} 101",
        "Tel. +34 971 {} {} error",
        "He adjuntat {} documents",
        "codi postal {}",
        "procedure code {}",
        "código del trámite {}",
        "+34 {}",
    ],
)
def test_a_number_that_means_something_else_is_not_a_code(code: str, told: str) -> None:
    assert codes(told.format(code, code)) == []


@given(st.dates())
def test_a_date_is_not_a_code(day: object) -> None:
    assert codes(f"{day}") == []
    assert codes(f"L'error va sortir el {day} a les 10:15") == []


@given(st.integers(0, 10**12).map(str).filter(lambda number: number.lstrip("0") not in CARD_CODES))
def test_other_numbers_are_not_recognised(number: str) -> None:
    assert codes(number) == codes(f"error {number}") == []


@pytest.mark.parametrize(("typed", "code"), [("−1", "-1"), ("status=-2", "-2"), ("(-1)", "-1")])
def test_the_codes_of_the_signature_portal_keep_their_minus(typed: str, code: str) -> None:
    assert codes(typed) == [code]
    assert codes(typed.replace("-", "").replace("−", "")) == []
    assert codes("step-1") == codes("2026-1-2") == []


@pytest.mark.parametrize("typed", ["SAF_08", "saf-08", "Saf 8", "AutoFirma ha dit SAF_08: error"])
def test_autofirmas_codes_are_recognised_in_every_spelling(typed: str) -> None:
    assert codes(typed)[0] == "SAF_08"


@pytest.mark.parametrize("typed", ["SAF_11", "SAF_080", "SAF_100", "xsaf_08", "safari 10"])
def test_other_codes_of_autofirma_are_not_recognised(typed: str) -> None:
    assert codes(typed) == []


@pytest.mark.parametrize(
    ("wordings", "code"),
    [
        (
            (
                "La targeta ha caducat / TARJETA CADUCADA / Your card has expired."
                " / Die Karte ist abgelaufen / targeta vençuda"
            ),
            "101",
        ),
        (
            (
                "El CVV és incorrecte / Código de seguridad erróneo / Wrong CVV2"
                " / The security code is invalid / Der Sicherheitscode ist ungültig"
            ),
            "129",
        ),
        (
            (
                "Error d'autenticació del titular / Error en la autenticación del titular"
                " / Cardholder authentication failed / Authentifizierung der Karte"
            ),
            "184",
        ),
        (
            (
                "El banc ha denegat l'operació / Pago rechazado / The payment was declined"
                " / Die Zahlung wurde abgelehnt / Denegación del emisor"
            ),
            "190",
        ),
        (
            (
                "Emissor no disponible / Emisor no disponible / The issuer is unavailable"
                " / Die Bank ist nicht verfügbar / the bank is not available"
            ),
            "9912",
        ),
        (
            (
                "Pagament cancel·lat / S'ha cancel.lat el pagament / Pago cancelado"
                " / The payment was cancelled / Die Zahlung wurde abgebrochen"
            ),
            "9915",
        ),
        (
            (
                "No es pot obrir el magatzem de certificats / Error en el almacén de claves"
                " / The keystore cannot be opened / Zertifikatsspeicher nicht lesbar"
            ),
            "SAF_08",
        ),
        (
            (
                "La signatura ha fallat / Error en la operación de firma / Signing failed"
                " / Die Signatur ist fehlgeschlagen"
            ),
            "SAF_09",
        ),
        (
            (
                "AutoFirma no ha trobat cap certificat / No hay ningún certificado para firmar"
                " / No certificate found for signing / AutoFirma hat kein Zertifikat gefunden"
            ),
            "SAF_10",
        ),
        ("Portafib: error / Error en el portal de firma", "-1"),
        (
            (
                "Firma cancel·lada / La firma ha sido cancelada / The signature was cancelled"
                " / Die Signatur wurde abgebrochen"
            ),
            "-2",
        ),
    ],
)
def test_an_error_with_a_code_is_recognised_by_its_words_too(wordings: str, code: str) -> None:
    known = {wording: codes(wording)[:1] for wording in wordings.split(" / ")}
    assert known == {wording: [code] for wording in known}


@pytest.mark.parametrize(
    ("wordings", "meaning"),
    [
        (
            (
                "Pagament no verificat / pago no verificado / payment not verified"
                " / Die Zahlung ist nicht geprüft / unverified payment"
            ),
            "It is not verified yet whether the payment was made.",
        ),
        (
            (
                "El certificat ha caducat / certificado caducado / Your certificate has expired"
                " / Das Zertifikat ist abgelaufen"
            ),
            "The certificate has expired.",
        ),
        (
            (
                "certificat revocat / El certificado está revocado / certificate revoked"
                " / Das Zertifikat wurde widerrufen"
            ),
            "The certificate was revoked.",
        ),
        (
            (
                "No s'ha trobat cap certificat / No se ha encontrado ningún certificado"
                " / No certificate was found / Kein Zertifikat gefunden"
            ),
            "No certificate was found.",
        ),
        (
            (
                "Certificat no admès / Certificado no permitido"
                " / This certificate is not allowed / Dieses Zertifikat ist nicht zugelassen"
            ),
            "Certificates of this kind are not allowed here.",
        ),
        (
            (
                "Nivell de seguretat insuficient / Nivel de autenticación demasiado bajo"
                " / The assurance level is too low / Das Vertrauensniveau ist zu niedrig"
            ),
            "The way in which you identified yourself is not secure enough for this procedure.",
        ),
        (
            (
                "Signat amb un altre NIF / Firmado con otro NIF / Signed with another NIF"
                " / Mit einer anderen NIF unterschrieben"
            ),
            "It was signed with another person's certificate.",
        ),
    ],
)
def test_an_error_without_a_code_is_recognised_by_its_words(wordings: str, meaning: str) -> None:
    known = {wording: meanings(wording) for wording in wordings.split(" / ")}
    assert known == {wording: [meaning] for wording in known}


@pytest.mark.parametrize(
    "told",
    [
        "La targeta no ha caducat",
        "My certificate has not expired",
        "Das Zertifikat ist noch nicht abgelaufen",
        "No puedo firmar con el certificado",
        "No em permet signar amb el certificat",
        "El document no és verificat. El pagament, sí",
        "No em deixa annexar el document",
        "M'ha caducat la sessió",
    ],
)
def test_a_text_that_mentions_no_error_has_none(told: str) -> None:
    assert recognise(told) == []


def test_accents_and_case_make_no_difference() -> None:
    assert codes("CODIGO DE ERROR: 190") == codes("código de error: 190") == ["190"]
    assert codes("OPERACIO DE SIGNATURA: ERROR") == codes("Operació de signatura: error")


def test_the_most_certain_error_comes_first_and_each_comes_once() -> None:
    pasted = "El pagament s'ha denegat. La targeta ha caducat.\nError 9915, SAF_09, error 9915"
    assert codes(pasted) == ["SAF_09", "9915", "190", "101"]


@pytest.mark.parametrize("code", CODES)
def test_a_code_decides_which_team_helps(code: str) -> None:
    (sign,) = recognise(code)
    assert sign.category is (Category.PAYMENT if code in CARD_CODES else Category.SIGNATURE)


def test_the_advice_on_a_payment_with_a_receipt_is_to_keep_the_receipt() -> None:
    (sign,) = recognise("pagament no verificat")
    assert sign.category is Category.PAYMENT
    assert isinstance(ADVICE[sign.fault].first_step, Message)
    assert "do not discard" in ADVICE[sign.fault].first_step.text


fragments = st.sampled_from(
    [
        *(*CODES, "error", "codi", "certificat", "no", "caducat", "pagament", "saf", "1"),
        *("(", ")", "-", ":", ".", " ", "\n", "_", "€", "2026-11-23"),
        *("l·l", "à", "٣", "\ud800", "ß", "ﷺ"),
    ]
)


@given(st.text(max_size=300) | st.lists(fragments, max_size=60).map("".join))
def test_any_text_can_be_looked_up(text: str) -> None:
    found = recognise(text)
    assert len(found) == len({ADVICE[sign.fault].meaning.text for sign in found})


# The processor's time counts, asserted below, not how busy the machine is.
@settings(deadline=None)
@given(st.lists(fragments, min_size=1, max_size=4).map("".join))
def test_a_long_text_is_read_quickly(part: str) -> None:
    text = (part * 10_000)[:10_000]
    begun = time.process_time()
    recognise(text)
    assert time.process_time() - begun < 0.5


def test_there_is_advice_for_every_known_fault() -> None:
    assert ADVICE.keys() == set(Fault)
