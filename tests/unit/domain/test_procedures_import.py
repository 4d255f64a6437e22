import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local import procedures as command
from suport.domain import procedures
from suport.domain.language import Language
from suport.domain.procedures import Catalogue
from suport.http.bodies.submission import ProcedureStated as NamedInAnIncident

CATALAN, SPANISH = procedures.LANGUAGES
EMAILS = {"responsableEmail": "anna@example.org", "incidenciasEmail": "help@example.org"}
NOTHING_USABLE = "could be used; the catalogue stays as it is."


def row(code: object = 1, name: object = "Nom", **fields: object) -> dict[str, object]:
    """A row of the catalogue's answer."""
    return {
        "codigo": code,
        "codigoSIA": 200000,
        "nombreProcedimientoWorkFlow": name,
        "objeto": "Per a alguna cosa.",
        "estado": "PUBLICADO",
        "tramitElectronica": True,
        "tramitPresencial": True,
        "tieneTasa": False,
        "publicado": True,
        **EMAILS,
        **fields,
    }


def answer(*rows: object, total: object = None) -> str:
    number = len(rows) if total is None else total
    return json.dumps({"numeroElementos": number, "resultado": rows, "status": "200"})


class Command:
    """Where somebody runs the command: a folder with the catalogue and the answers."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.target = folder / "catalogue.json"
        self._capsys = capsys

    def lay(self, name: str, content: str) -> Path:
        file = self.folder / name
        file.write_text(content, encoding="utf-8")
        return file

    def run(self, *files: Path) -> tuple[int, str, str]:
        """The exit code, and the output on stdout and stderr, without the folder's name."""
        code = command.main([*map(str, files), "--catalogue", str(self.target)])
        said = self._capsys.readouterr()
        place = f"{self.folder}/"
        return code, said.out.replace(place, ""), said.err.replace(place, "")

    def imported(self, *rows: object, total: object = None, language: str = "ca") -> list[str]:
        """Imports these rows; returns the lines on stdout."""
        file = self.lay(f"procediments.{language}.json", answer(*rows, total=total))
        code, out, err = self.run(file)
        file.unlink()
        assert (code, err) == (0, "")
        return out.splitlines()

    def lines(self) -> dict[str, str]:
        """The catalogue's lines by code."""
        lines = [line.removesuffix(",") for line in self.target.read_text().splitlines()[1:-1]]
        return {json.loads(line)["code"]: line for line in lines}

    @property
    def catalogue(self) -> Catalogue:
        return procedures.read(self.target.read_text(encoding="utf-8"))

    @property
    def names(self) -> dict[str, dict[Language, str]]:
        return {each.code: each.names for each in self.catalogue.procedures}


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


def test_the_first_import_replaces_the_sample(desk: Command) -> None:
    desk.target.write_bytes(procedures.CATALOGUE.read_bytes())
    assert desk.catalogue.sample
    assert desk.imported(row(12), row(7)) == [
        "2 added, 0 changed, 0 removed, 0 unchanged",
        "They replace the sample catalogue.",
    ]
    assert not desk.catalogue.sample
    assert list(desk.names) == ["12", "7"]


def test_what_is_shown_to_citizens_is_kept_and_nothing_else(desk: Command) -> None:
    desk.imported(row(12, "  Títol\n de família ", tieneTasa=True, responsableTelefono="971"))
    one = desk.catalogue.find("12")
    assert one
    assert one == procedures.Procedure(
        code="12",
        sia_code="200000",
        names={CATALAN: "Títol de família"},
        purposes={CATALAN: "Per a alguna cosa."},
        telematic=True,
        fee=True,
    )
    kept = desk.target.read_text()
    assert "example.org" not in kept
    assert "971" not in kept
    assert set(json.loads(kept)["procedures"][0]) == {
        *("code", "sia_code", "names", "purposes", "telematic", "fee")
    }


def test_a_second_import_changes_only_what_changed(desk: Command) -> None:
    desk.imported(row(1), row(2), row(3))
    before = desk.lines()
    said = desk.imported(row(4), row(3), row(2, tieneTasa=True))
    assert said == ["1 added, 1 changed, 1 removed, 1 unchanged"]
    after = desk.lines()
    assert list(after) == ["2", "3", "4"]
    assert [code for code in after if after[code] == before.get(code)] == ["3"]


def test_the_file_is_not_written_where_nothing_changed(desk: Command) -> None:
    desk.imported(row(1), row(2))
    desk.target.chmod(0o400)
    before = desk.target.stat()
    assert desk.imported(row(2), row(1)) == ["0 added, 0 changed, 0 removed, 2 unchanged"]
    after = desk.target.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_catalogue_has_one_procedure_a_line_sorted_by_code(desk: Command) -> None:
    desk.imported(row("b"), row("a", objeto="Més d'una\nlínia\u2028aquí"), row("c"))
    first, *lines, last = desk.target.read_text().splitlines()
    assert (first, last) == ('{"sample": false, "procedures": [', "]}")
    assert [json.loads(line.removesuffix(","))["code"] for line in lines] == ["a", "b", "c"]


def test_everybody_may_read_the_catalogue_and_nothing_is_left_beside_it(desk: Command) -> None:
    desk.imported(row(1))
    assert stat.S_IMODE(desk.target.stat().st_mode) & 0o444 == 0o444
    assert list(desk.folder.iterdir()) == [desk.target]


def test_what_was_there_stays_whole_if_the_new_one_cannot_be_written(
    desk: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.imported(row(1))
    before = desk.target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    file = desk.lay("a.ca.json", answer(row(2)))
    assert desk.run(file) == (1, "", "catalogue.json cannot be written: No space left on device.\n")
    assert desk.target.read_bytes() == before
    assert sorted(desk.folder.iterdir()) == [file, desk.target]


# The two languages


def test_the_other_language_beside_the_file_is_read_too(desk: Command) -> None:
    catalan = desk.lay("procediments.ca.json", answer(row(1, "Nom")))
    spanish = desk.lay("procediments.es.json", answer(row(1, "Nombre")))
    for named, other in ((catalan, spanish), (spanish, catalan)):
        desk.target.unlink(missing_ok=True)
        code, out, err = desk.run(named)
        assert (code, err) == (0, "")
        assert out.splitlines() == [
            f"{other.name} lies beside it and is read too.",
            "1 added, 0 changed, 0 removed, 0 unchanged",
        ]
        assert desk.names == {"1": {CATALAN: "Nom", SPANISH: "Nombre"}}


def test_several_files_are_read_as_given_and_none_beside_them(desk: Command) -> None:
    files = [
        desk.lay("1.ca.json", answer(row(1), total=2)),
        desk.lay("2.ca.json", answer(row(2), total=2)),
    ]
    desk.lay("1.es.json", "{")
    assert desk.run(*files) == (0, "2 added, 0 changed, 0 removed, 0 unchanged\n", "")


def test_a_language_that_is_not_given_keeps_what_it_said(desk: Command) -> None:
    desk.imported(row(1, "Nom"), row(2, "Dos"))
    desk.imported(row(1, "Nombre"), row(2, "Dos", objeto=None), language="es")
    assert desk.imported(row(1, "Nom nou", objeto=""), row(2, "Dos")) == [
        "0 added, 1 changed, 0 removed, 1 unchanged"
    ]
    one = desk.catalogue.find("1")
    assert one
    assert one.names == {CATALAN: "Nom nou", SPANISH: "Nombre"}
    assert one.purposes == {SPANISH: "Per a alguna cosa."}


def test_where_the_languages_differ_on_a_fact_the_catalan_answer_counts(desk: Command) -> None:
    spanish = desk.lay("a.es.json", answer(row(1, tieneTasa=True)))
    desk.lay("a.ca.json", answer(row(1, tieneTasa=False)))
    desk.run(spanish)
    assert [each.fee for each in desk.catalogue.procedures] == [False]


def test_a_procedure_in_one_of_two_complete_answers_stays_in_that_language_only(
    desk: Command,
) -> None:
    desk.imported(row(1, "Nom"), row(2, "Dos"))
    desk.imported(row(1, "Nombre"), row(2, "Dos"), language="es")
    catalan = desk.lay("a.ca.json", answer(row(1, "Nom")))
    desk.lay("a.es.json", answer(row(1, "Nombre"), row(2, "Dos")))
    desk.run(catalan)
    assert desk.names == {"1": {CATALAN: "Nom", SPANISH: "Nombre"}, "2": {SPANISH: "Dos"}}


@pytest.mark.parametrize(
    "name", ["procedures.json", "america.json", "procediments.json", "a.en.json", "a.ca.txt", "ca"]
)
def test_a_file_whose_name_tells_no_language_is_not_read(desk: Command, name: str) -> None:
    said = f"The language of {name} is not known: its name has to end in .ca.json or .es.json.\n"
    assert desk.run(desk.lay(name, answer(row(1)))) == (1, "", said)
    assert not desk.target.exists()


@pytest.mark.parametrize("name", ["ca.json", "a-ca.json", "a_ca.json", "A.CA.JSON", "2026.ca.json"])
def test_the_end_of_the_files_name_tells_its_language(desk: Command, name: str) -> None:
    assert desk.run(desk.lay(name, answer(row(1))))[0] == 0
    assert desk.names == {"1": {CATALAN: "Nom"}}


# What is removed


@pytest.mark.parametrize(
    ("total", "said"), [(5, "5"), ("5", "5"), (1, "1"), (None, ""), ("2\x1b", ""), ([2], "")]
)
def test_one_page_of_more_removes_nothing_and_says_so(
    desk: Command, total: object, said: str
) -> None:
    desk.imported(row(1), row(2), row(3))
    content = json.loads(answer(row(3), row(4))) | {"numeroElementos": total}
    code, out, _ = desk.run(desk.lay("page.ca.json", json.dumps(content)))
    assert code == 0
    counts, page = out.splitlines()
    assert counts == "1 added, 0 changed, 0 removed, 3 unchanged"
    assert page.startswith("Not the whole catalogue, so nothing is removed by page.ca.json: ")
    assert page.endswith(f": 2 rows of {said or 'an unknown number'}.")
    assert list(desk.names) == ["1", "2", "3", "4"]


def test_pages_that_make_up_the_whole_remove_what_is_no_longer_there(desk: Command) -> None:
    desk.imported(row(1), row(2), row(3))
    pages = [
        desk.lay(f"{code}.ca.json", answer(row(code), row(code + 1), total="4")) for code in (3, 5)
    ]
    assert desk.run(*pages) == (0, "3 added, 0 changed, 2 removed, 1 unchanged\n", "")


def test_pages_that_overlap_may_lack_something_and_remove_nothing(desk: Command) -> None:
    desk.imported(row(9))
    pages = [desk.lay(f"{page}.ca.json", answer(row(1), total=2)) for page in "ab"]
    code, out, err = desk.run(*pages)
    assert code == 0
    assert err == "b.ca.json, row 1 (code 1): it is in a.ca.json already; skipped\n"
    assert "nothing is removed by a.ca.json and b.ca.json" in out
    assert list(desk.names) == ["1", "9"]


@pytest.mark.parametrize("bad", [{"nombreProcedimientoWorkFlow": ""}, {"estado": 1}])
def test_a_row_that_cannot_be_used_removes_nothing(desk: Command, bad: dict[str, object]) -> None:
    desk.imported(row(1, "Nom"), row(2))
    code, out, err = desk.run(desk.lay("a.ca.json", answer(row(1) | bad, row(2))))
    assert code == 0
    assert err.startswith("a.ca.json, row 1 (code 1): ")
    assert out == "0 added, 0 changed, 0 removed, 2 unchanged\n"
    assert desk.names["1"] == {CATALAN: "Nom"}


def test_what_is_not_published_is_left_out_counted_and_removed(desk: Command) -> None:
    desk.imported(row(1), row(2), row(3), row(4))
    said = desk.imported(
        *(row(1), row(1, "Esborrany", estado="MODIFICACION")),
        *(row(2, estado="BORRADO"), row(3, publicado=False), row(4, estado=None)),
    )
    assert said == [
        "0 added, 0 changed, 3 removed, 1 unchanged",
        "Left out because they are not published: 4 rows.",
    ]
    assert desk.names == {"1": {CATALAN: "Nom"}}


def test_a_procedure_left_without_any_name_is_removed(desk: Command) -> None:
    desk.imported(row(1), row(2))
    catalan = desk.lay("a.ca.json", answer(row(2)))
    desk.lay("a.es.json", answer(row(1, None), row(2, "Dos")))
    assert desk.run(catalan)[0] == 0
    assert list(desk.names) == ["2"]


# Rows that cannot be used


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (None, ": it is no object"),
        ([row(2)], ": it is no object"),
        ("text", ": it is no object"),
        ({}, ": it has no code"),
        (row(None), ": it has no code"),
        (row(" "), ": it has no code"),
        (row(True), ": codigo is of the wrong type"),
        (row(2.5), ": codigo is of the wrong type"),
        (row({"a": 1}), ": codigo is of the wrong type"),
        (row("2\0"), ": codigo holds a control character"),
        (row("2" * 101), ": codigo is longer than 100 characters"),
        (row(int("2" * 101)), ": codigo is longer than 100 characters"),
        (row(1), " (code 1): the code is there twice"),
        (row("1"), " (code 1): the code is there twice"),
        (row(2, None), " (code 2): it has no name"),
        (row(2, " \n"), " (code 2): it has no name"),
        (row(2, 5), " (code 2): nombreProcedimientoWorkFlow is of the wrong type"),
        (row(2, "N" * 301), " (code 2): nombreProcedimientoWorkFlow is longer than 300 characters"),
        (row(2, "N\x1b[2J"), " (code 2): nombreProcedimientoWorkFlow holds a control character"),
        (row(2, "N\ud800"), " (code 2): nombreProcedimientoWorkFlow holds a control character"),
        (row(2, objeto=["x"]), " (code 2): objeto is of the wrong type"),
        (row(2, objeto="x" * 4001), " (code 2): objeto is longer than 4000 characters"),
        (row(2, objeto="x\x07"), " (code 2): objeto holds a control character"),
        (row(2, codigoSIA=1.5), " (code 2): codigoSIA is of the wrong type"),
        (row(2, tramitElectronica="S"), " (code 2): tramitElectronica is neither true nor false"),
        (row(2, tieneTasa=1), " (code 2): tieneTasa is neither true nor false"),
        (row(2, publicado="true"), " (code 2): publicado is neither true nor false"),
        (row(2, estado=1), " (code 2): estado is of the wrong type"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_are_imported(
    desk: Command, bad: object, said: str
) -> None:
    file = desk.lay("a.ca.json", answer(row(1), bad, row(3)))
    assert desk.run(file) == (
        0,
        "2 added, 0 changed, 0 removed, 0 unchanged\n",
        f"a.ca.json, row 2{said}; skipped\n",
    )
    assert list(desk.names) == ["1", "3"]


def test_what_may_be_missing_may_be_missing(desk: Command) -> None:
    fields = {"codigo": "7-B", "nombreProcedimientoWorkFlow": "Nom", "estado": "PUBLICADO"}
    desk.imported(fields)
    assert desk.catalogue.find("7-B") == procedures.Procedure(
        "7-B", None, {CATALAN: "Nom"}, {}, telematic=False, fee=False
    )


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        ("<p>Per a <b>joves</b>.</p>\r\n<ul><li>Un</li><li>Dos</li></ul>", "Per a joves. Un Dos"),
        ("Fins a l&rsquo;any &amp; m&eacute;s<br/>enll&agrave;", "Fins a l’any & més enllà"),
        ("<!--[if mso]><b>x</b><![endif]--><span style='a'>Text</span>", "Text"),
        ("Si a < b, i 3 > 2", "Si a < b, i 3 > 2"),
        ("<p> </p>", None),
    ],
)
def test_of_a_formatted_purpose_the_text_remains(
    desk: Command, purpose: str, said: str | None
) -> None:
    desk.imported(row(1, objeto=purpose))
    (one,) = desk.catalogue.procedures
    assert one.purposes.get(CATALAN) == said


def test_an_incident_can_carry_every_code_and_name_that_is_imported(desk: Command) -> None:
    desk.imported(row("c" * 100, "N" * 300))
    (one,) = desk.catalogue.procedures
    carried = NamedInAnIncident(code=one.code, name=one.names[CATALAN])
    assert (carried.code, carried.name) == ("c" * 100, "N" * 300)


# Files that cannot be used


def test_a_byte_order_mark_is_no_reason_to_refuse_a_file(desk: Command) -> None:
    assert desk.run(desk.lay("a.ca.json", "\ufeff" + answer(row(1))))[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.ca.json is no JSON in UTF-8."),
        (b"<html>", "a.ca.json is no JSON in UTF-8."),
        ('{"resultado": ["ó"]}'.encode("latin-1"), "a.ca.json is no JSON in UTF-8."),
        (b"[" * 100_000, "a.ca.json is no JSON in UTF-8."),
        *(
            (content, 'a.ca.json is not what the catalogue answers: it has no list "resultado".')
            for content in (b"[]", b"null", b"7", b'"resultado"', b"{}", b'{"resultado": {}}')
        ),
        (b'{"numeroElementos": 0, "resultado": []}', f"No row of a.ca.json {NOTHING_USABLE}"),
    ],
)
def test_a_file_that_is_no_answer_changes_nothing_and_is_named(
    desk: Command, content: bytes, said: str
) -> None:
    desk.imported(row(1))
    before = desk.target.read_bytes()
    file = desk.folder / "a.ca.json"
    file.write_bytes(content)
    good = desk.lay("b.es.json", answer(row(2)))
    for files in ([file], [good, file]):
        assert desk.run(*files) == (1, "", f"{said}\n")
        assert desk.target.read_bytes() == before


def test_a_file_that_is_not_there_is_named(desk: Command) -> None:
    said = "a.ca.json cannot be read: No such file or directory.\n"
    assert desk.run(desk.folder / "a.ca.json") == (1, "", said)


@pytest.mark.parametrize("bad", [row(1, None), row(1, estado="RESERVA"), 5])
def test_where_no_row_can_be_used_nothing_is_removed(desk: Command, bad: object) -> None:
    desk.imported(row(1))
    before = desk.target.read_bytes()
    code, out, err = desk.run(desk.lay("a.ca.json", answer(bad)))
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == f"No row of a.ca.json {NOTHING_USABLE}"
    assert desk.target.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sample": true, "procedures": [{}]}'])
def test_a_broken_catalogue_is_not_taken_for_an_empty_one(desk: Command, content: str) -> None:
    desk.target.write_text(content)
    code, _, err = desk.run(desk.lay("a.ca.json", answer(row(1))))
    said = "catalogue.json is no catalogue any more; bring it back: git checkout catalogue.json\n"
    assert (code, err) == (1, said)
    assert desk.target.read_text() == content


def test_without_a_file_it_says_how_to_use_it(desk: Command) -> None:
    code, out, err = desk.run()
    assert (code, out) == (1, "")
    assert err.startswith("Name what the catalogue answered: make procedures FILE=")


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
fields = st.fixed_dictionaries({}, optional=dict.fromkeys(row(), json_values))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    return lambda: tmp_path_factory.mktemp("import")


@given(changed=st.lists(fields, max_size=4), total=json_values)
def test_no_answer_breaks_the_catalogue(
    folder: Callable[[], Path], changed: list[dict[str, Any]], total: object
) -> None:
    place = folder()
    file, target = place / "a.ca.json", place / "catalogue.json"
    rows = [row(number) | each for number, each in enumerate(changed)]
    file.write_text(json.dumps({"numeroElementos": total, "resultado": [row("good"), *rows]}))
    assert command.main([str(file), "--catalogue", str(target)]) == 0
    written = target.read_bytes()
    imported = procedures.read(written.decode())
    assert imported.find("good")
    assert all(each.names for each in imported.procedures)
    assert command.main([str(file), "--catalogue", str(target)]) == 0
    assert target.read_bytes() == written
