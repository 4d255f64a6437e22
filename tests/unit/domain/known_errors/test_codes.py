"""Which texts state a code, and which number is something else."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.known_errors import known_code, known_errors, stated_code
from suport.domain.known_errors.recognition import only_code, recognise

CARD_CODES = ["101", "129", "184", "190", "9912", "9915"]
CODES = [*CARD_CODES, "SAF_08", "SAF_09", "SAF_10", "-1", "-2"]


ALL_CODES = [code for error in known_errors().values() for code in error.codes]


def codes(text: str) -> list[str]:
    return [sign.code for sign in recognise(text) if sign.code]


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


@given(st.integers(0, 10**12).map(str).filter(lambda number: number.lstrip("0") not in ALL_CODES))
def test_other_numbers_are_not_recognised(number: str) -> None:
    assert codes(number) == codes(f"error {number}") == []


@pytest.mark.parametrize(("typed", "code"), [("−1", "-1"), ("status=-2", "-2"), ("(-1)", "-1")])
def test_the_codes_of_the_signature_portal_keep_their_minus(typed: str, code: str) -> None:
    assert codes(typed) == [code]
    assert codes(typed.replace("-", "").replace("−", "")) == []
    assert codes("step-1") == codes("2026-1-2") == []


@pytest.mark.parametrize("number", range(53))
@pytest.mark.parametrize(
    "typed",
    ["SAF_{:02}", "saf-{:02}", "Saf {}", "error saf{:02}", "SAF_{:02}:", "codi saf núm. {}"],
)
def test_every_code_of_autofirma_is_known_in_every_spelling(number: int, typed: str) -> None:
    code = f"SAF_{number:02}"
    assert codes(typed.format(number)) == [code]
    assert known_code(typed.format(number).strip(":")) in {code, None}
    assert known_code(f" saf {number}") == code


@pytest.mark.parametrize(
    ("picture", "code"), [("SAF_O9", "SAF_09"), ("5AF_l9:", "SAF_19"), ("SAF_1O", "SAF_10")]
)
def test_letters_that_a_picture_made_of_digits_are_read_as_digits(picture: str, code: str) -> None:
    assert codes(picture) == [code]


@pytest.mark.parametrize(
    "typed", ["SAF_080", "SAF_100", "xsaf_08", "safari 10", "saf oil", "USAF_19"]
)
def test_what_only_resembles_a_code_of_autofirma_is_none(typed: str) -> None:
    assert codes(typed) == []


@pytest.mark.parametrize(
    ("typed", "code", "category"),
    [
        ("SAF_77: error desconegut", "SAF_77", Category.SIGNATURE),
        ("Error saf 99", "SAF_99", Category.SIGNATURE),
        ("sis0888", "SIS0888", Category.PAYMENT),
        ("net::ERR_CERT_WEAK_KEY", "ERR_CERT_WEAK_KEY", Category.SIGNATURE),
        ("SSL_ERROR_WEIRD_THING", "SSL_ERROR_WEIRD_THING", Category.SIGNATURE),
        ("ERR_HTTP2_PING_FAILED", "ERR_HTTP2_PING_FAILED", Category.FUNCTIONAL),
    ],
)
def test_a_code_that_only_has_the_form_of_others_is_kept_but_not_known(
    typed: str, code: str, category: Category
) -> None:
    (sign,) = recognise(typed)
    assert (sign.code, sign.category, sign.is_listed) == (code, category, False)
    assert known_code(typed) is stated_code({"message": typed}) is None


@pytest.mark.parametrize(
    "told",
    [
        "me sale el 190 al pagar",
        "Em surt un 190",
        "La plana diu: error en el pagament: 190",
        "operació denegada (0190)",
        "TPV-0190",
        '{"Ds_Response": "0190", "Ds_Amount": "2450"}',
        "al pagar la tasa 0190",
        "REDSYS 190",
    ],
)
def test_a_number_that_a_screen_shows_is_a_code(told: str) -> None:
    assert codes(told) == ["190"]


@pytest.mark.parametrize(
    "told",
    [
        "me sale a pagar 190",
        "error, import: 190",
        "ES91 2100 0418 0190 1332",
        "error 971 190 101",
        "L'error surt des del 190",
        "tinc 190 fitxers i dona error",
        "error en l'import de la taxa: 184",
    ],
)
def test_an_amount_or_an_account_is_no_code(told: str) -> None:
    assert codes(told) == []


@pytest.mark.parametrize("code", ALL_CODES)
def test_a_code_decides_which_team_helps(code: str) -> None:
    (sign,) = recognise(code)
    assert (sign.code, sign.category) == (code, sign.known_error.category)
    assert sign.is_listed


def test_a_code_beats_the_words_around_it() -> None:
    (sign,) = recognise(
        "SAF_19\nNo hi ha cap certificat vàlid en el seu magatzem. Comprovi les dates de caducitat."
    )
    assert sign.code == "SAF_19"


def test_the_most_certain_error_comes_first_and_each_comes_once() -> None:
    pasted = "El pagament s'ha denegat. La sessió ha caducat.\nError 9915, SAF_09, error 9915"
    signs = recognise(pasted)
    assert [sign.code for sign in signs] == ["SAF_09", "9915", None]
    assert signs[-1].error == "session_expired"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": " saf 9"}, "SAF_09"),
        ({"code": "0190", "message": "SAF_09"}, "190"),
        ({"code": "TPV", "message": "error 190"}, None),
        ({"code": "ERR_190"}, "190"),
        ({"code": "Error nº 190"}, "190"),
        ({"code": "190 of Anna"}, None),
        ({"code": "190 της Άννας"}, None),
        ({"code": "SAF_08, SAF_09"}, None),
        ({"message": "Ja no surt 190, ara surt l'error 9915"}, "9915"),
        ({"message": "En firmar surt SAF_19: no hi ha cap certificat"}, "SAF_19"),
        ({"code": " ", "message": "Error 190, error 0190"}, "190"),
        ({"message": "Error 190, i abans SAF_09"}, None),
        ({"message": "SAF_77, i abans SAF_09"}, "SAF_09"),
        ({"message": "La targeta ha caducat"}, None),
        ({}, None),
    ],
)
def test_the_only_code_in_the_message_counts_where_no_code_was_stated(
    error: Mapping[str, str], code: str | None
) -> None:
    assert stated_code(error) == code


PIECES = st.sampled_from(
    [
        *("190", "0190", "101", "-1", "SAF_08", "saf", "08", "S4F", "sis", "SIS0051", "siso253"),
        *(
            "ERR_",
            "net::",
            "sec_error_",
            "dns_probe_",
            "pr_",
            "_error",
            "code",
            "error",
            "nº",
            "no",
        ),
        *("_", " ", "-", ":", ".", ",", "\n", "o", "l", "not", "but", "http", "MB", "\u0660", "€"),
    ]
)


@given(st.text(max_size=100) | st.lists(PIECES, max_size=12).map("".join))
def test_codes_can_be_looked_for_in_any_text(text: str) -> None:
    recognise(text)
    assert known_code(text) in {None, *ALL_CODES}
    assert stated_code({"code": text}) == (known_code(text) if text.strip() else None)
    assert stated_code({"message": text}) in {None, *ALL_CODES}


@pytest.mark.parametrize("prefix", ["ERR_", "err_", "ERR_CODE_", "net::ERR_", "Error_"])
@pytest.mark.parametrize("code", ["190", "0101", "SAF_08", "SIS0051", "9915"])
def test_a_code_behind_the_beginning_of_a_browsers_code_is_the_one_typed(
    prefix: str, code: str
) -> None:
    expected = code.lstrip("0")
    assert codes(f"{prefix}{code}") == [expected]
    assert known_code(f"{prefix}{code}") == expected


@pytest.mark.parametrize("typed", ["SEC_ERROR_190", "dns_probe_190", "pr_connect_error"])
def test_what_only_looks_like_a_browsers_code_is_no_known_one(typed: str) -> None:
    assert codes(typed) == [typed.upper()]
    assert known_code(typed) is None


@pytest.mark.parametrize(
    ("told", "stated"),
    [
        ("Ya no me da error 190, ahora me sale el 9915", ["9915"]),
        ("not error 184 but 191", ["191"]),
        ("No és l'error 129, sinó el 184", ["184"]),
        ("nicht Fehler 190, sondern 101", ["101"]),
        ("no es SAF_08", []),
        ("ja no em surt el 190", []),
        ("kein SAF 19 mehr", []),
        ("it isn’t SAF_11 or SAF_12", []),
        ("I don't get error 190 any more", []),
        ("no me sale ni SAF_03 ni SAF_04", []),
        ("en vez del error 190 me sale el 184", ["184"]),
        ("SAF_08 no, SAF_09 sí", ["SAF_09"]),
        ("9912 no", []),
        # what is denied is something else
        ("no puedo firmar SAF_08", ["SAF_08"]),
        ("no em deixa: SAF_08", ["SAF_08"]),
        ("No funciona. Error 190", ["190"]),
        ("SAF_08 no puedo firmar", ["SAF_08"]),
        ("sin respuesta 190", ["190"]),
        ("error no 190", ["190"]),
        ("Error no. 184", ["184"]),
        ("no sé què és l'error 190", ["190"]),
    ],
)
def test_a_code_that_the_text_denies_is_none(told: str, stated: list[str]) -> None:
    assert codes(told) == stated


@pytest.mark.parametrize(
    ("told", "stated"),
    [
        ("SAF_08,SAF_09", {"SAF_08", "SAF_09"}),
        ("SAF_07 o SAF_08", {"SAF_07", "SAF_08"}),
        ("SAF08SAF09", {"SAF_08", "SAF_09"}),
        ("errors 190 i 101", {"190", "101"}),
        ("error 9915, 184", {"9915", "184"}),
        ("SAF_09 al firmar y error 190 al pagar", {"SAF_09", "190"}),
    ],
)
def test_of_several_codes_none_is_the_one(told: str, stated: set[str]) -> None:
    signs = recognise(told)
    assert {c for s in signs for c in (s.code, *s.further_codes)} == stated
    assert only_code(signs) is None
    assert only_code(recognise(f"error {min(stated)}")) == min(stated)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("error190", "190"), ("Error nº190", "190"), ("Nº 190", "190"), ("№ 9915", "9915")),
        *(("me devuelve 9912", "9912"), ("SAF_008", "SAF_08"), ("S4F_08", "SAF_08")),
        *(("S A F _ 0 8", "SAF_08"), ("SAF_\n08", "SAF_08"), ("SISO253", "SIS0253")),
        *(("S4F 1O", "SAF_10"), ("s a f 1 9", "SAF_19"), ("SIS0O51", "SIS0051")),
        *(("codigo184", "184"), ("fehler 0184", "184")),
    ],
)
def test_a_code_is_known_in_spellings_of_haste_and_of_pictures(typed: str, code: str) -> None:
    assert codes(typed) == [code]


@pytest.mark.parametrize(
    "told",
    [
        *(
            "error 190 MB",
            "error 101 vegades",
            "Error 129 veces",
            "error 101 times",
            "Fehler 101 mal",
        ),
        *("error 190 KB", "error, 184 pàgines", "error 101 fitxers", "codi SIA: 204", "SIA 204"),
        *("tasa 046 código 101", "codi de la taxa: 201", "código del trámite: 190"),
        *("HTTP error 101", "HTTP/1.1 204 No Content", "HTTP status code 201", "status code: 202"),
        *("Error 202 Accepted", "estat HTTP 207", "calle Aragón nº 190", "expediente nº 101"),
        *("model 046, codi 190", "s a f e 1 2"),
    ],
)
def test_a_count_a_status_and_another_things_number_are_no_codes(told: str) -> None:
    assert codes(told) == []
