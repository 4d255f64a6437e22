"""`desk replies`: lists the canned replies."""

from typing import Annotated

from desk.command_line import Option, OwnTeamOr, command
from desk.operators_desk import Desk
from desk.service_vocabulary import Language
from desk.texts.canned_replies import own_replies, replies


@command(
    "desk replies payment",
    "desk replies payment --language de --json",
    name="replies",
)
def list_replies(
    desk: Desk,
    category: OwnTeamOr = None,
    *,
    language: Annotated[Language | None, Option(help="Only in this language.")] = None,
) -> None:
    """List the canned replies and their files."""
    team = category or desk.settings.team
    found = [each for each in replies(team) if language is None or each.language == language]
    facts = [
        {"name": each.name, "language": each.language, "path": str(each.path), "text": each.text}
        for each in found
    ]
    if not desk.output.result(facts):
        rows = [(each.name, each.language, each.beginning) for each in found]
        desk.output.rows(("Name", "In", "Begins"), rows)
        desk.output.say(f"To change or add some: {own_replies() / team}/NAME.LANGUAGE.txt")
