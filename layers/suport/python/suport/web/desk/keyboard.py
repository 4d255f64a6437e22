"""The keys of the desk, for people who work at it all day."""

from collections.abc import Mapping

from suport.texts.message import N_, Message

KEYS: Mapping[str, Message] = {
    "?": N_("Show the keyboard shortcuts"),
    "g": N_("Go to the incidents"),
    "n": N_("Take the next incident"),
    "j": N_("Go to the next incident in the list, or the next entry"),
    "k": N_("Go to the previous one"),
    "Enter": N_("Open the selected incident"),
    "c": N_("Take the incident, or take it over"),
    "r": N_("Write an answer"),
    "a": N_("Mark it as an answer"),
    "q": N_("Mark it as a question"),
    "x": N_("Mark it as the solution"),
    "p": N_("Preview"),
    "s": N_("Send"),
    "d": N_("Save as a draft"),
    "e": N_("Change the previewed text"),
    "m": N_("Write a note for the team"),
    "t": N_("Pass the incident on"),
    "Escape": N_("Leave the field to use the shortcuts again"),
}
"""The one-letter keys, which only work outside fields."""
