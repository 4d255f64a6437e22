"""The report of a month, as `desk report` writes it."""

import csv
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.figures import Line
from suport.domain.language import Language
from tests.support.desk import Desk, Service, problem
from tests.support.figures import LISTED, november

NOVEMBER = "GET /reports/2026-11"


@pytest.mark.parametrize("language", Language)
def test_the_page_has_a_plot_and_a_table_of_each_category(
    service: Service, desk: Desk, tmp_path: Path, language: str
) -> None:
    service.answers[NOVEMBER] = (200, november())
    ended = desk("report", "2026-11", "--language", language, "--output", tmp_path / "new")
    assert ended.code == 0, ended.err
    page = (tmp_path / "new" / "report-2026-11.html").read_text()
    assert f'<html lang="{language}">' in page
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) == len(Category)
    for plot in plots:
        (named,) = re.findall(r"role='img' aria-labelledby='(\S+) (\S+)'", plot)
        title, described = (re.search(rf"id='{each}'>([^<]+)<", plot) for each in named)
        assert title
        assert described
    assert plots[1].count("<circle") == 2  # the days that are not shown
    assert plots[1].count("<rect") == 2
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert all("<caption>" in table and 'scope="col"' in table for table in tables)
    assert len(tables) == 3 * len(Category) + 2
    assert ">39<" in tables[3]
    assert not re.search(r"<script|https?://|src=|href=", page)
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_the_words_of_each_language_are_its_own(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    said = {}
    for language in Language:
        service.answers[NOVEMBER] = (200, november())
        desk("report", "2026-11", "--language", language, "--output", tmp_path)
        said[language] = (tmp_path / "report-2026-11.html").read_text()
    assert "novembre del 2026" in said[Language.CATALAN]
    assert "noviembre de 2026" in said[Language.SPANISH]
    assert "November 2026" in said[Language.ENGLISH]
    assert "6. November" in said[Language.GERMAN]
    assert "menys de 5" in said[Language.CATALAN]
    assert LISTED.names[Language.SPANISH] in said[Language.SPANISH]
    assert f'lang="ca">{LISTED.names[Language.CATALAN]}<' in said[Language.GERMAN]


@pytest.mark.parametrize(
    ("language", "said"),
    [("ca", "no es mostra"), ("es", "no se muestra"), ("en", "not shown"), ("de", "nicht gezeigt")],
)
def test_a_sum_that_is_not_told_is_never_called_small(
    service: Service, desk: Desk, tmp_path: Path, language: str, said: str
) -> None:
    """Two days of four are eight: the month shows none of it, but it is not fewer than five."""
    view = deepcopy(november())
    view["categories"][1]["submitted"] |= {"total": None, "at_least": 0, "parts": None}
    service.answers[NOVEMBER] = (200, view)
    desk("report", "2026-11", "--language", language, "--output", tmp_path)
    page = (tmp_path / "report-2026-11.html").read_text()
    month = re.findall(r"<table>.*?</table>", page, re.DOTALL)[3]
    assert said in month
    assert "5" not in re.sub("<[^>]*>", "", month)


def test_an_open_month_shows_the_sum_so_far_where_every_day_is_shown(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    view = november(closed=False)
    functional, payment, _ = view["categories"]
    assert functional["submitted"] == {
        "total": 0,
        "parts": {"web": 0, "phone": 0},
        "at_least": 0,
        "withheld_days": 0,
    }
    assert payment["submitted"]["total"] is None
    service.answers[NOVEMBER] = (200, view)
    desk("report", "2026-11", "--language", "en", "--output", tmp_path)
    page = (tmp_path / "report-2026-11.html").read_text()
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert "not shown" not in tables[0]
    assert "too few" not in page  # times are not few, but counted at the end
    assert page.count("Counted when the month is over.") == len(Category) + 2


def test_a_month_that_is_not_over_says_until_when_and_how_much_at_least(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[NOVEMBER] = (200, november(closed=False))
    desk("report", "2026-11", "--language", "en", "--output", tmp_path)
    page = (tmp_path / "report-2026-11.html").read_text()
    assert "counted up to 6 November" in page
    assert "at least 34" in page
    assert "Counted when the month is over." in page


def sheet(folder: Path, delimiter: str = ";") -> list[dict[str, str]]:
    """The rows of the CSV file."""
    with (folder / "report-2026-11.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_the_sheet_has_every_figure_and_an_empty_value_where_it_is_not_shown(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[NOVEMBER] = (200, november())
    desk("report", "2026-11", "--output", tmp_path)
    rows = sheet(tmp_path)
    submitted = {
        row["day"]: row["value"]
        for row in rows
        if (row["category"], row["figure"], row["part"]) == ("payment", "submitted", "")
    }
    assert (submitted["2026-11-03"], submitted["2026-11-04"], submitted["2026-11-07"]) == (
        *("9", "", "0"),
    )
    assert submitted[""] == "39"
    assert {row["figure"] for row in rows} >= {str(line) for line in Line}
    assert [row["value"] for row in rows if row["part"] == LISTED.code] == ["9"]


@pytest.mark.parametrize("language", Language)
def test_the_sheet_has_the_separators_that_the_languages_spreadsheets_expect(
    service: Service, desk: Desk, tmp_path: Path, language: Language
) -> None:
    delimiter, mean = (",", "4.3") if language is Language.ENGLISH else (";", "4,3")
    view = deepcopy(november())
    view["categories"][1]["mean_rating"] = 4.3
    service.answers[NOVEMBER] = (200, view)
    desk("report", "2026-11", "--output", tmp_path, "--language", language)
    rows = sheet(tmp_path, delimiter)
    assert [row["value"] for row in rows if row["figure"] == "mean_rating" and row["value"]] == [
        mean
    ]


def test_a_bound_has_a_column_of_its_own_beside_the_value_that_is_not_told(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[NOVEMBER] = (200, november(closed=False))
    desk("report", "2026-11", "--output", tmp_path)
    rows = [row for row in sheet(tmp_path) if not row["day"]]
    assert [
        (row["value"], row["at_least"])
        for row in rows
        if (row["category"], row["figure"], row["part"]) == ("payment", "submitted", "")
    ] == [("", "34")]
    assert {row["part"] for row in rows} <= {"", "web", "phone", "solved", "self_helped", "silent"}
    assert not [row for row in rows if row["value"] and row["at_least"]]


def test_another_report_of_the_month_replaces_the_first(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[NOVEMBER] = (200, november(closed=False))
    service.answers["GET /reports/2026-11"] = (200, november())
    desk("report", "2026-11", "--output", tmp_path)
    written = desk("report", "11/2026", "--output", tmp_path, "--language", "en", "--json").json
    assert written == {kind: str(tmp_path / f"report-2026-11.{kind}") for kind in ("html", "csv")}
    assert "The month is over" in Path(written["html"]).read_text()


def test_what_a_page_shows_is_text_whatever_a_procedure_is_called(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    view = deepcopy(november())
    view["procedures"]["shown"][0]["names"] = {"ca": "<script>alert(1)</script>"}
    service.answers[NOVEMBER] = (200, view)
    desk("report", "2026-11", "--output", tmp_path)
    page = (tmp_path / "report-2026-11.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(404, "no-figures", errors=[{"field": "month", "message": "Nothing counted."}]), 1),
        (problem(422, "invalid", errors=[{"field": "month", "message": "Give a month."}]), 1),
    ],
)
def test_without_figures_nothing_is_written_and_the_month_is_named(
    service: Service, desk: Desk, tmp_path: Path, answer: Any, code: int
) -> None:
    service.answers[NOVEMBER] = answer
    ended = desk("report", "2026-11", "--output", tmp_path / "none")
    assert (ended.code, "month:" in ended.err) == (code, True)
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_a_file_is_named(service: Service, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    service.answers[NOVEMBER] = (200, november())
    ended = desk("report", "2026-11", "--output", tmp_path / "file")
    assert ended.code == 2
    assert "file" in ended.err
