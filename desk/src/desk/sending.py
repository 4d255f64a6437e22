"""What becomes of a draft that is sent: it goes once the service has it, and stays while in doubt.

A definite refusal means that nothing was recorded under the key. What a person wrote is kept even
then; a command without a text is forgotten, so that its key never passes for a later command's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from desk.drafts import Draft
from desk.trouble import NotAllowed, Refused, Trouble

CALL = "call"
"""The kind of the draft of an incident that was taken by phone."""
CHANGED_MEANWHILE, KEY_REUSED = "changed-meanwhile", "key-reused"


def sent[Answer: Mapping[str, Any]](draft: Draft, send: Callable[[Draft], Answer]) -> Answer:
    """Sends it, and removes the draft once the service has it.

    Raises
    ------
    Trouble
        Of the same kind as `send` raises; its text also says what became of the draft.
    """
    try:
        answer = send(draft)
    except Refused as refused:
        refused.args = (_refused(draft, refused),)
        raise
    except Trouble as trouble:
        trouble.args = (_unanswered(draft, trouble),)
        raise
    draft.discard()
    return answer


def _refused(draft: Draft, refused: Refused) -> str:
    """What a definite refusal means, and what becomes of the draft."""
    if refused.name == "no-team":  # which is said before the service looks at the key
        return _unanswered(draft, refused)
    recorded = refused.facts.get("reference")
    if draft.kind == CALL and refused.name == KEY_REUSED and recorded:
        draft.discard()
        return (
            f"This call is recorded already as {recorded}, with what you sent first, and was not"
            " recorded again: if the contact data were wrong, note the right ones with"
            f" desk note {recorded}"
        )
    kept = f"What you wrote is kept in {draft.path}" if draft.text else ""
    if draft.kind == CALL:
        draft.note_refused(refused.fields)
        kept += f": run desk new again with the right data, or desk new --from {draft.path}"
    elif not kept:
        draft.discard()
    if refused.name == CHANGED_MEANWHILE:
        return _joined(
            f"The citizen has written since {draft.reference} was last shown to you, so nothing was"
            " done: read it, and run the same command again if it still holds.",
            kept,
        )
    return _joined(str(refused), kept)


def _unanswered(draft: Draft, trouble: Trouble) -> str:
    """What to do where nobody answered, or not the service."""
    kept = f"What you wrote is kept in {draft.path}" if draft.text else ""
    again = f"desk new --from {draft.path}" if draft.kind == CALL else "The same command"
    if isinstance(trouble, NotAllowed | Refused):
        return _joined(str(trouble), kept)
    return _joined(
        f"{trouble} It may have been recorded all the same. {again} sends it again, and however"
        " often it is sent, it is recorded once.",
        kept,
    )


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
