"""How the command line is declared: what makes a function a command, and the shared options."""

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Annotated, Any

import typer

from desk.reference import as_written
from desk.service_vocabulary import Category

EXIT_CODES = """
Exit codes: 0 done; 1 refused, or nothing there; 2 wrong use or settings; 3 no answer: try again,
nothing is lost; 4 not allowed; 130 interrupted.
"""

type Command = Callable[[typer.Typer], None]
"""Adds itself to an application."""


def command(*examples: str, name: str | None = None) -> Callable[[Callable[..., None]], Command]:
    """Makes a command of a function; its help ends with these examples and the exit codes.

    The function gets the `Desk` and then the arguments that its parameters declare; a parameter
    that is a dataclass declares an option for each of its fields. The docstring is the help. Every
    command also has --json, which the `Desk` keeps.
    """

    def declared(function: Callable[..., None]) -> Command:
        _, *own = inspect.signature(function).parameters.values()
        groups: dict[str, Any] = {}
        options: list[inspect.Parameter] = []
        for each in own:
            if is_dataclass(each.annotation):
                groups[each.name] = each.annotation
                members = inspect.signature(groups[each.name]).parameters.values()
                options += [field.replace(kind=inspect.Parameter.KEYWORD_ONLY) for field in members]
            else:
                options.append(each)

        def run(context: typer.Context, *, as_json: Json = False, **given: Any) -> None:
            context.obj.as_json = as_json
            for group, kind in groups.items():
                given[group] = kind(**{each.name: given.pop(each.name) for each in fields(kind)})
            function(context.obj, **given)
            context.obj.look_after_drafts()

        def add_to(app: typer.Typer) -> None:
            app.command(name, epilog=epilog)(run)

        context, as_json, _ = inspect.signature(run).parameters.values()
        parameters = [context, *options, as_json]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # for Typer
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        title = "Example" if len(examples) == 1 else "Examples"
        epilog = "\n  ".join([f"\b\n{title}:", *examples]) + f"\n\n{EXIT_CODES}"
        return add_to

    return declared


def typed_reference(typed: str | None) -> str | None:
    """The reference as the service writes it, if the operator typed one."""
    return typed and as_written(typed)


Json = Annotated[bool, typer.Option("--json", help="The result as JSON on the standard output.")]
Reference = Annotated[
    str,
    typer.Argument(
        help="The incident, like GQNC-YQBY-1H8C.", metavar="REFERENCE", callback=typed_reference
    ),
]
Month = Annotated[
    list[str],
    typer.Argument(help="The month, like 2026-11 or november 2026.", metavar="MONTH"),
]
OwnTeamOr = Annotated[Category | None, typer.Argument(help="Your own team by default.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Send it without asking.")]
