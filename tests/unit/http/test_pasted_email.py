"""E-mail addresses as people paste them: from mail programs, contacts, links and letters."""

import pytest

from tests.support.pasted import kept, refusal

NO_ADDRESS = "Enter an email address in the correct format, like name@example.com."
NOT_CLEAR = (
    "Enter only the email address, like name@example.com. This one has a space, a sign or a word "
    "that may not belong to it."
)
SEVERAL = "Enter only one email address. There are several here."

FOUND = [
    ("<anna@example.org>", "anna@example.org"),
    ("Anna Pons <anna@example.org>", "anna@example.org"),
    ('"Pons, Anna" <anna@example.org>;', "anna@example.org"),
    ("anna@example.org (Anna)", "anna@example.org"),
    ("(anna@example.org)", "anna@example.org"),
    ("[anna@example.org](mailto:anna@example.org)", "anna@example.org"),
    ("'anna@example.org'", "anna@example.org"),
    ("“anna@example.org”", "anna@example.org"),
    ("«anna@example.org»", "anna@example.org"),
    ("`anna@example.org`", "anna@example.org"),
    ("anna@example.org.", "anna@example.org"),
    ("anna@example.org,", "anna@example.org"),
    ("anna@example.org;", "anna@example.org"),
    ("anna@example.org!", "anna@example.org"),
    ("&lt;anna@example.org&gt;", "anna@example.org"),
    ("mailto:anna@example.org", "anna@example.org"),
    ("MAILTO:anna@example.org?subject=Hola&cc=joan@example.org", "anna@example.org"),
    ("mailto:anna%40example.org", "anna@example.org"),
    ("anna@example.org?subject=Hola", "anna@example.org"),
    ("anna@example.org&sa=D", "anna@example.org"),
    ("anna@example.org#contacte", "anna@example.org"),
    ("anna%40example.org", "anna@example.org"),
    ("¿anna@example.org?", "anna@example.org"),
    ("E-mail: anna@example.org", "anna@example.org"),
    ("E-mail. anna@example.org", "anna@example.org"),
    ("Pons,Anna <anna@example.org>", "anna@example.org"),
    ("Pons, Anna, anna@example.org", "anna@example.org"),
    ("Correu electrònic: anna@example.org", "anna@example.org"),
    ("el meu és anna@example.org, gràcies", "anna@example.org"),
    ("anna @ example.org", "anna@example.org"),
    ("anna@ example.org", "anna@example.org"),
    ("Anna <anna @ example.org>", "anna@example.org"),
    ("correo: anna @example.org", "anna@example.org"),
    ("anna@example .org", "anna@example.org"),
    ("anna＠example．org", "anna@example.org"),
    ("ａｎｎａ@example。org", "anna@example.org"),
    ("anna@my‑example.org", "anna@my-example.org"),
    ("\ufeffan\u200bna@exam\u00adple.org\u2060", "anna@example.org"),
    ("\u202aanna@example.org\u202c", "anna@example.org"),
    ("anna\u00a0@\u00a0example.org", "anna@example.org"),
    ("anna@example.org anna@EXAMPLE.org", "anna@example.org"),
    ("anna@museu.barcelona", "anna@museu.barcelona"),
    ("jo@exemple.photography", "jo@exemple.photography"),
    ("anna@niño.es", "anna@niño.es"),
    ("anna@xn--nio-8ma.es", "anna@niño.es"),
    ("anna+suport@example.org", "anna+suport@example.org"),
    ("o'neil@example.org", "o'neil@example.org"),
    ("o’neil@example.org", "o'neil@example.org"),
    ("Anna d’Arc <d´arc@example.org>", "d'arc@example.org"),
    ("anna%20@example.org", "anna@example.org"),
    ("%20anna@example.org", "anna@example.org"),
    ("anna@example.org%0D%0A", "anna@example.org"),
    ("%3Canna@example.org%3E", "anna@example.org"),
    ("✉️anna@example.org", "anna@example.org"),
    ("「anna@example.org」", "anna@example.org"),
    ("anna@example.org—", "anna@example.org"),
    ("anna@example.org-", "anna@example.org"),
    ("_anna_@example.org", "_anna_@example.org"),
    # marks of lists
    ("1. anna@example.org", "anna@example.org"),
    ("(2) anna@example.org", "anna@example.org"),
    ("3.- anna@example.org", "anna@example.org"),
    ("a) anna@example.org", "anna@example.org"),
    ("• anna@example.org", "anna@example.org"),
    ("– anna@example.org", "anna@example.org"),
    ("[x] anna@example.org", "anna@example.org"),
    ("- 1. E-mail: anna@example.org", "anna@example.org"),
    # spaces around the @ and the dots of the domain
    ("pere@uib. es", "pere@uib.es"),
    ("pere@uib . es", "pere@uib.es"),
    ("pere@correu.uib. es", "pere@correu.uib.es"),
    ("perevidal @ gmail . com", "perevidal@gmail.com"),
    ("anna@gmail. com gràcies", "anna@gmail.com"),
    ("anna@mail. example. org.", "anna@mail.example.org"),
    ("el meu és anna @ gmail.com", "anna@gmail.com"),
    ("anna@example.org. Gràcies", "anna@example.org"),
    ("anna@example.org .Gràcies", "anna@example.org"),
    ("anna@gmail,com", "anna@gmail.com"),
    ("anna (at) example (dot) org", "anna@example.org"),
    ("anna[arroba]example.org", "anna@example.org"),
    ("anna@example.co y gracias", "anna@example.co"),
    ("anna@uib.es T 971 22 57 91", "anna@uib.es"),
    ("anna@uib.es. T 971 22 57 91", "anna@uib.es"),
    ("anna@example.com o joan", "anna@example.com"),
    ("anna@example.xn--p1ai", "anna@example.рф"),
    # links
    ("mailto:?to=anna@example.org", "anna@example.org"),
    ("mailto:?subject=Hola&to=anna%40example.org", "anna@example.org"),
    ("mailto:?cc=anna@example.org", "anna@example.org"),
    ("mailto: anna@example.org", "anna@example.org"),
    ("mailto%3Aanna%40example.org", "anna@example.org"),
    ("mailto:Anna%20Pons%20%3Canna@example.org%3E", "anna@example.org"),
    ('<a href="mailto:anna@example.org">anna@example.org</a>', "anna@example.org"),
    ("https://mail.example/?view=cm&to=anna@example.org&su=Hola", "anna@example.org"),
    ("email=anna@example.org", "anna@example.org"),
    # words before it that cannot belong to it
    ("Anna Pons anna@example.org", "anna@example.org"),
    ("Joan Pons jpons@example.org", "jpons@example.org"),
    ("Correu:anna@example.org", "anna@example.org"),
    ("Anna:anna@example.org", "anna@example.org"),
    ("Adreça electrònica anna@example.org", "anna@example.org"),
    ("schreiben Sie an anna@example.org", "anna@example.org"),
    ("почта anna@example.org", "anna@example.org"),
    ("971 22 57 91 anna@example.org", "anna@example.org"),
    ("Anna Pons - sirena@example.org", "sirena@example.org"),
    ("Müller mueller@web.de", "mueller@web.de"),
    ("Müller muller@web.de", "muller@web.de"),
    ("Jörg Schröder schroeder@gmx.de", "schroeder@gmx.de"),
    ("Groß gross@web.de", "gross@web.de"),
    ("Søren soeren@gmail.com", "soeren@gmail.com"),
    ("Søren soren@gmail.com", "soren@gmail.com"),
    ("Åse aase@mail.dk", "aase@mail.dk"),
    ("Mærsk maersk@mail.dk", "maersk@mail.dk"),
    ("Łukasz lukasz@wp.pl", "lukasz@wp.pl"),
    ("Đorđe djordje@mail.rs", "djordje@mail.rs"),
    ("correu-e pere@gmail.com", "pere@gmail.com"),
    ("el meu correo-e pere@gmail.com", "pere@gmail.com"),
    # marks of emphasis around it
    ("_pere@gmail.com_", "pere@gmail.com"),
    ("~pere@gmail.com~", "pere@gmail.com"),
    ("Pere: __pere@gmail.com__.", "pere@gmail.com"),
    ("_pere@gmail.com", "_pere@gmail.com"),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "address"), FOUND)
def test_the_only_address_in_a_text_is_taken(pasted: str, address: str) -> None:
    assert kept("contact.email", pasted) == address


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("anna@example.org, joan@example.org", SEVERAL),
        ("anna@example.org/joan@example.org", SEVERAL),
        ("Anna <anna@example.org> o joan@example.org", SEVERAL),
        ("anna@example.org anna@example", SEVERAL),
        ("mailto:anna@example.org,joan@example.org", SEVERAL),
        ("Anna Pons @ example.org", NOT_CLEAR),
        ("anna,pons@example.org", NOT_CLEAR),  # "pons@example.org" may be somebody else's
        ("E-mail: anna;pons@example.org", NOT_CLEAR),
        ("anna. pons@example.org", NOT_CLEAR),
        ("anna_ pons@example.org", NOT_CLEAR),
        ("pere vidal@gmail.com", NOT_CLEAR),
        ("Pere vidal @ gmail.com", NOT_CLEAR),
        ("josé vidal@gmail.com", NOT_CLEAR),
        ("el meu correu és pere vidal@gmail.com", NOT_CLEAR),
        ("E-mail: anna maria pons@gmail.com", NOT_CLEAR),
        ("mailto:pere vidal@gmail.com", NOT_CLEAR),
        ("pere .vidal@gmail.com", NOT_CLEAR),
        ("pere . vidal@gmail.com", NOT_CLEAR),
        ("a vidal@gmail.com", NOT_CLEAR),
        ("pere:vidal@gmail.com", NOT_CLEAR),
        ("anna@gmail com", NOT_CLEAR),
        ("1 anna@example.org", NOT_CLEAR),
        ("anna@example.co. uk", NOT_CLEAR),  # "example.co" may be somebody else's
        # "hotmail.co" is not "hotmail.com"
        ("anna@hotmail.co m", NOT_CLEAR),
        ("anna@gmail.c om", NOT_CLEAR),
        ("Anna <anna@gmail.c o m>, gràcies", NOT_CLEAR),
        ("anna @ hotmail. co m", NOT_CLEAR),
        ("anna@hotmail.c. om", NOT_CLEAR),
        ("anna@btinternet.co.u k", NOT_CLEAR),
        ("anna@hotmail.co. m", NOT_CLEAR),
        ("anna@yahoo.co. u k", NOT_CLEAR),
        ("anna@gmail.co,m", NOT_CLEAR),
        ("anna@uib.ca t", NOT_CLEAR),
        ("anna@uib.e s", NOT_CLEAR),
        ("anna@gmail.co n", NOT_CLEAR),
        ("anna@example.in fo", NOT_CLEAR),
        # the end of a phone number at its beginning
        ("600 12 34 56.anna@gmail.com", NOT_CLEAR),
        ("971 12 34 56anna@gmail.com", NOT_CLEAR),
        ("971 12 34 56 .anna@gmail.com", NOT_CLEAR),
        ("+49 170 1234567-anna@gmail.com", NOT_CLEAR),
        ("anna@example.c", NO_ADDRESS),
        ("anna@example.c0m", NO_ADDRESS),
        ("mailto:anna@example.org?to=joan@example.org", SEVERAL),
        ("anna@uib. Palma", NO_ADDRESS),
        ("anna", NO_ADDRESS),
        ("anna@", NO_ADDRESS),
        ("@anna", NO_ADDRESS),
        ("anna@@example.org", NO_ADDRESS),
        ("anna@example", NO_ADDRESS),
        ("anna@localhost", NO_ADDRESS),
        ("anna.@example.org", NO_ADDRESS),
        ("anna@exam_ple.org", NO_ADDRESS),
        ("anna@127.0.0.1", NO_ADDRESS),
        ("971 22 57 91", NO_ADDRESS),
    ],
)  # fmt: skip
def test_no_address_and_several_are_told_apart(pasted: str, told: str) -> None:
    assert refusal("contact.email", pasted) == told


@pytest.mark.parametrize(
    "pasted", ["aïna@example.org", "Júlia <júlia@niño.es>", "анна@example.org"]
)
def test_an_address_that_no_mail_of_ours_can_reach_is_refused_at_once(pasted: str) -> None:
    assert refusal("contact.email", pasted).startswith("Enter another email address")


def test_a_text_around_an_address_may_be_longer_than_an_address() -> None:
    assert kept("contact.email", f"{'x ' * 200}: anna@example.org") == "anna@example.org"
