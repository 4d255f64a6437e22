"""The page of a report: one file, no script, readable by everybody and on paper."""

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from desk.report.chart import bars
from desk.report.words import FIGURES, WORDS, Words
from desk.service_vocabulary import Category, Language

_PARTS = {
    "submitted": ("web", "phone"),
    "ended": ("solved", "self_helped", "silent"),
}
_STYLE = """
:root { color: #1d1d1b; background: #fff; font: 100%/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.2; }
h2 { border-top: 4px solid #0b4f7d; padding-top: 1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: 700; padding-bottom: .25rem; }
th, td { border-bottom: 1px solid #767676; padding: .25rem 1rem .25rem 0; text-align: left;
  vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
th.part { font-weight: 400; padding-left: 1rem; }
.wide { overflow-x: auto; }
.wide th, .wide td { font-size: .875rem; padding-right: .75rem; }
.wide th[scope=row] { white-space: nowrap; }
.wide:focus-visible { outline: 3px solid #0b4f7d; }
svg { width: 100%; height: auto; }
dt { font-weight: 700; }
@media print { body { max-width: none; padding: 0; } .wide { overflow: visible; }
  section { break-inside: auto; } svg, tr, caption { break-inside: avoid; }
  th, td { font-size: 9pt; padding-right: .5rem; } }
"""


def page(report: Mapping[str, Any], language: Language) -> str:
    """The page of this report, as the service's API gives it, in that language."""
    words = WORDS[language]
    year, _, number = str(report["month"]).partition("-")
    month = words.months[int(number) - 1]
    title = words.title.format(month=month, year=year)
    until = _local(str(report.get("until")), words)
    state = words.over if report.get("closed") else words.so_far.format(until=until)
    sections = [_category(each, report, words) for each in report["categories"]]
    sections += [_breakdowns(report, words, language), _legend(words)]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy"'
        """ content="default-src 'none'; style-src 'unsafe-inline'">\n"""
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(state)}</p>\n"
        f"{chr(10).join(sections)}\n</main>\n</body>\n</html>\n"
    )


def _category(month: Mapping[str, Any], report: Mapping[str, Any], words: Words) -> str:
    name = str(month["category"])
    title = _category_name(name, words)
    days = [each for each in report["days"] if each["category"] == name]
    by_day = [(each["day"], each["submitted"]["total"]) for each in days]
    described = [words.chart, words.few_in_chart]
    peak, most = max(by_day, key=lambda each: each[1] or 0, default=("", 0))
    if most:
        described.append(words.most.format(day=_local(peak, words), most=most))
    chart = bars(
        f"by-day-{name}",
        f"{words.by_day}: {title}",
        " ".join(described),
        [(str(date.fromisoformat(day).day), total) for day, total in by_day],
    )
    return (
        f"<section>\n<h2>{escape(title)}</h2>\n{_month_table(month, words)}\n"
        f"{_times(month, report, words)}\n<h3>{escape(words.by_day)}</h3>\n{chart}\n"
        f"<p>{escape(words.few_in_chart)}</p>\n{_days_table(days, title, words)}\n</section>"
    )


def _month_table(month: Mapping[str, Any], words: Words) -> str:
    rows = []
    for figure, line in _lines(month):
        total = line.get("total")
        told = str(total) if total is not None else _not_told(line, words)
        rows.append(_row([_head(words.figures[figure]), _number(told)]))
        for part in _PARTS.get(figure, ()):
            parts = line.get("parts") or {}
            text = str(parts[part]) if part in parts else words.not_shown
            rows.append(_row([_head(words.figures[part], part=True), _number(text)]))
    return _table(words.month, [words.figure, words.count_of_month], rows)


def _not_told(line: Mapping[str, Any], words: Words) -> str:
    """What is said of a month's sum that is not told: it may be more than four."""
    known = line.get("at_least") or 0
    return words.at_least.format(count=known) if known else words.not_shown


def _times(month: Mapping[str, Any], report: Mapping[str, Any], words: Words) -> str:
    """Percentiles and the mean rating, which a month has once it is closed."""
    if report.get("closed"):
        return _times_table(month, words)
    return f"<h3>{escape(words.times)}</h3>\n<p>{escape(words.at_the_end)}</p>"


def _times_table(month: Mapping[str, Any], words: Words) -> str:
    rows = []
    for name, title in (("first_answer_s", words.first_answer), ("solution_s", words.solution)):
        spread = month.get(name) or {}
        half, most = (_duration(spread.get(each), words) for each in ("p50", "p90"))
        rows.append(_row([_head(title), _number(half), _number(most)]))
    mean = month.get("mean_rating")
    told = words.not_shown
    if mean is not None:
        told = words.of_five.format(mean=f"{mean:.1f}".replace(".", words.decimal))
    rows.append(_row([_head(words.mean_rating), _number(told), "<td></td>"]))
    return _table(words.times, [words.figure, words.half, words.nine_of_ten], rows)


def _days_table(days: Iterable[Mapping[str, Any]], title: str, words: Words) -> str:
    names = [words.figures[name] for name in FIGURES]
    rows = []
    for day in days:
        cells = [_head(_local(day["day"], words))]
        for figure, line in _lines(day):
            cells.append(_number(_shown(line.get("total"), words)))
            parts = line.get("parts") or {}
            cells += [
                _number(str(parts[part]) if part in parts else "–")
                for part in _PARTS.get(figure, ())
            ]
        rows.append(_row(cells))
    caption = f"{words.by_day}: {title}"
    table = _table(caption, [words.day, *names], rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">{table}</div>'
    )


def _breakdowns(report: Mapping[str, Any], words: Words, language: Language) -> str:
    told = []
    for key, title in (("languages", words.languages), ("procedures", words.procedures)):
        breakdown = report.get(key)
        told.append(f"<section>\n<h2>{escape(title)}</h2>")
        if not breakdown:
            told.append(f"<p>{escape(words.at_the_end)}</p>\n</section>")
            continue
        rows = [
            _row([_head(*_name(each, words, language)), _number(str(each["submitted"]))])
            for each in breakdown["shown"]
        ]
        if breakdown["others"]:
            rows.append(_row([_head(words.others), _number(str(breakdown["others"]))]))
        told.append(_table(title, [words.figure, words.count], rows) + "\n</section>")
    return "\n".join(told)


def _name(each: Mapping[str, Any], words: Words, language: Language) -> tuple[str, str]:
    """What is counted here, and the language of its name where that is another than the page's."""
    if "language" in each:
        return words.language_names.get(each["language"], str(each["language"])), ""
    names: Mapping[str, str] = each.get("names") or {}
    for known in (language, *Language):
        if known in names:
            return names[known], "" if known == language else known
    kinds = {"none": words.no_procedure, "unlisted": words.unlisted}
    return kinds.get(each["code"], str(each["code"])), ""


def _legend(words: Words) -> str:
    meanings = "\n".join(
        f"<dt>{escape(words.figures[name])}</dt><dd>{escape(meaning)}</dd>"
        for name, meaning in words.meanings.items()
    )
    return (
        f"<section>\n<h2>{escape(words.what_it_means)}</h2>\n<dl>\n{meanings}\n</dl>\n"
        f"<h3>{escape(words.what_is_not_shown)}</h3>\n<p>{escape(words.how_it_is_counted)}</p>\n"
        "</section>"
    )


def _lines(figures: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    parts = {part for each in _PARTS.values() for part in each}
    return [(name, figures[name]) for name in FIGURES if name not in parts]


def _category_name(name: str, words: Words) -> str:
    return words.categories[Category(name)] if name in Category else name


def _shown(count: int | None, words: Words) -> str:
    return words.few if count is None else str(count)


def _duration(seconds: int | None, words: Words) -> str:
    if seconds is None:
        return words.not_shown
    minutes = seconds // 60
    if minutes < 120:  # noqa: PLR2004
        return words.minutes.format(n=minutes)
    hours = -(-minutes // 60)
    if hours < 48:  # noqa: PLR2004
        return words.hours.format(n=hours)
    return words.days.format(n=-(-hours // 24))


def _local(day: str, words: Words) -> str:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return day
    month = words.months[on.month - 1]
    form = (words.date_before_vowel if month[0] in "aeiou" else "") or words.date
    return form.format(day=on.day, month=month)


def _table(caption: str, titles: Iterable[str], rows: Iterable[str]) -> str:
    first, *others = titles
    heads = f'<th scope="col">{escape(first)}</th>'
    heads += "".join(f'<th scope="col" class="n">{escape(each)}</th>' for each in others)
    return (
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{chr(10).join(rows)}\n</tbody>\n</table>"
    )


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _head(text: str, language: str = "", *, part: bool = False) -> str:
    attributes = ' class="part"' if part else ""
    attributes += f' lang="{language}"' if language else ""
    return f'<th scope="row"{attributes}>{escape(text)}</th>'


def _number(text: str) -> str:
    return f'<td class="n">{escape(text)}</td>'
