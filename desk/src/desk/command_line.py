"""How the command line is declared: what makes a function a command, and the shared options."""

import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import click
from click.shell_completion import CompletionItem

from desk.listed_incidents import ListedIncidents
from desk.reference import as_written
from desk.seen_incidents import SeenIncidents
from desk.service_vocabulary import Category
from desk.settings import known_team, state_folder

EXIT_CODES = """
Exit codes: 0 done; 1 refused, or nothing there; 2 wrong use or settings; 3 no answer: try again,
nothing is lost; 4 not allowed; 130 interrupted.
"""

type Completes = Callable[[click.Context, str], list[str]]
"""What a parameter can be, given what is typed of it so far."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """An argument of a command: how a parameter in the place of its type is asked for."""

    help: str
    metavar: str | None = None
    read: Callable[[str | None], str | None] | None = None
    completes: Completes | None = None


@dataclass(frozen=True, kw_only=True)
class Option(Argument):
    """The same for an option. names: instead of the parameter's own, with dashes."""

    names: tuple[str, ...] = ()
    envvar: str | None = None
    min: int | None = None
    max: int | None = None


class _Word(click.Choice[str]):
    """One word of a vocabulary, which the command gets as that."""

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__([each.value for each in words])
        self._words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self._words(super().convert(value, param, ctx))


def command(*examples: str, name: str | None = None) -> Callable[..., click.Command]:
    """Makes a command of a function; its help ends with these examples and the exit codes.

    The function gets the `Desk` and then the arguments that its parameters declare; a parameter
    that is a dataclass declares an option for each of its fields. The docstring is the help. Every
    command also has --json, --team and --local, which the `Desk` keeps.
    """

    def declared(function: Callable[..., None]) -> click.Command:
        _, *own = inspect.signature(function).parameters.values()
        groups: dict[str, Any] = {
            each.name: each.annotation for each in own if is_dataclass(each.annotation)
        }
        parameters = [each for parameter in own for each in _parameters(parameter)]

        def run(*, as_json: bool, team: Category | None, local: bool, **given: Any) -> None:
            desk = click.get_current_context().obj
            desk.as_json = as_json
            desk.team, desk.local = team or desk.team, local or desk.local
            for group, kind in groups.items():
                given[group] = kind(**{each.name: given.pop(each.name) for each in fields(kind)})
            function(desk, **given)
            desk.look_after_drafts()

        title = "Example" if len(examples) == 1 else "Examples"
        return click.Command(
            name or function.__name__.replace("_", "-"),
            callback=run,
            params=[*parameters, *shared_options(as_json=True)],
            help=inspect.getdoc(function),
            epilog="\n  ".join([f"\b\n{title}:", *examples]) + f"\n\n{EXIT_CODES}",
        )

    return declared


def shared_options(*, as_json: bool = False) -> Iterator[click.Option]:
    """The options that may stand before a command and after it.

    as_json: whether --json is one of them. The environment is read where they stand before it.
    """
    if as_json:
        told = "The result as JSON on the standard output."
        yield click.Option(["--json", "as_json"], is_flag=True, help=told)
    yield click.Option(
        ["--team"],
        type=_Word(Category),
        help="The team you work for, if you are in several.",
        envvar=None if as_json else "DESK_TEAM",
    )
    yield click.Option(
        ["--local"],
        is_flag=True,
        help="With the service that `make run` runs here.",
        envvar=None if as_json else "DESK_LOCAL",
    )


def _parameters(parameter: inspect.Parameter) -> Iterator[click.Parameter]:
    """What the command line has for a parameter of a command's function."""
    if is_dataclass(parameter.annotation):
        for each in inspect.signature(parameter.annotation).parameters.values():  # type: ignore[arg-type]  # a class
            yield from _parameters(each)
        return
    kind, declaration = get_args(parameter.annotation)
    inside = _without_none(kind)
    is_list = get_origin(inside) in {list, tuple}
    if is_list:
        inside = get_args(inside)[0]
    required = parameter.default is inspect.Parameter.empty
    common: dict[str, Any] = {
        "required": required,
        "default": _default(parameter.default),
        "metavar": declaration.metavar,
        "callback": _reader(declaration.read),
        "shell_complete": _completion(declaration.completes),
    }
    if not isinstance(declaration, Option):
        yield click.Argument(
            [parameter.name],
            **common,
            type=_type(inside, declaration),
            nargs=-1 if is_list else 1,
            help=declaration.help,
        )
        return
    names = declaration.names or (f"--{parameter.name.replace('_', '-')}",)
    yield click.Option(
        [*names, parameter.name],
        **common,
        help=declaration.help,
        envvar=declaration.envvar,
        multiple=is_list,
        show_default=parameter.default not in (None, (), False, Path()),
        **({"is_flag": True} if inside is bool else {"type": _type(inside, declaration)}),
    )


def _type(kind: Any, declaration: Argument) -> click.ParamType[Any]:
    if kind is int:
        limits = declaration if isinstance(declaration, Option) else Option(help="")
        return click.IntRange(limits.min, limits.max)
    if kind is Path:
        return click.Path(path_type=Path)
    return _Word(kind) if issubclass(kind, StrEnum) else click.STRING


def _default(stated: Any) -> Any:
    if stated is inspect.Parameter.empty:
        return None
    return stated.value if isinstance(stated, StrEnum) else stated


def _without_none(kind: Any) -> Any:
    """The type of a parameter that may also be None."""
    if get_origin(kind) in {Union, types.UnionType}:
        (kind,) = (each for each in get_args(kind) if each is not types.NoneType)
    return kind


def _reader(read: Callable[[str | None], str | None] | None) -> Callable[..., Any] | None:
    return None if read is None else lambda _context, _parameter, typed: read(typed)


def _completion(completes: Completes | None) -> Callable[..., list[CompletionItem]] | None:
    if completes is None:
        return None
    return lambda context, _parameter, typed: [
        CompletionItem(each) for each in completes(context, typed)
    ]


def team_of(context: click.Context) -> Category | None:
    """The team for which a command is being typed; None if nothing says which."""
    for each in (context, context.parent):
        if each is not None and (team := each.params.get("team")):
            return Category(team)
    return known_team(
        local=any(each.params.get("local") for each in (context, context.find_root()))
    )


def known_references(context: click.Context, typed: str) -> list[str]:
    """The incidents that begin so: those that this desk has shown, and those of the team's list."""
    folder, now = state_folder(), datetime.now(UTC)
    shown = SeenIncidents(folder).references(now)
    listed = ListedIncidents(folder).references(team_of(context), now)
    wanted = typed.upper().replace("-", "")
    return [
        each
        for each in dict.fromkeys([*shown, *listed])
        if each.replace("-", "").startswith(wanted)
    ]


def typed_reference(typed: str | None) -> str | None:
    """The reference as the service writes it, if the operator typed one."""
    return typed and as_written(typed)


Reference = Annotated[
    str,
    Argument(
        help="The incident, like GQNC-YQBY-1H8C.",
        metavar="REFERENCE",
        read=typed_reference,
        completes=known_references,
    ),
]
Month = Annotated[
    list[str], Argument(help="The month, like 2026-11 or november 2026.", metavar="MONTH")
]
OwnTeamOr = Annotated[Category | None, Argument(help="Your own team by default.")]
Yes = Annotated[bool, Option(names=("--yes", "-y"), help="Send it without asking.")]
