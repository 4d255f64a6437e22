"""A page as a browser reads it: its elements, their attributes, and the text between them."""

from collections.abc import Sequence
from html.parser import HTMLParser

Attributes = dict[str, str]

_WITHOUT_END = {"br", "hr", "img", "input", "link", "meta"}


class Markup(HTMLParser):
    """The parts of a document, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, Attributes | str]] = []
        """`("<a", attributes)`, `("a>", "")`, `("", text)`; any other part by its name."""
        self.values: dict[str, str] = {}
        """The content of each field, by its name, except the choices that are not made."""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    @property
    def elements(self) -> list[tuple[str, Attributes]]:
        return [
            (name.removeprefix("<"), attributes)
            for name, attributes in self.parts
            if isinstance(attributes, dict)
        ]

    @property
    def text(self) -> str:
        """What a reader sees, with each run of white space as one space."""
        words = [text for name, text in self.parts if not name and isinstance(text, str)]
        return " ".join(" ".join(words).split())

    def of(self, tag: str) -> list[Attributes]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def said_in(self, tag: str) -> list[str]:
        """The text of every element of that name."""
        said: list[str] = []
        inside = False
        for name, part in self.parts:
            if name in {f"<{tag}", f"{tag}>"}:
                inside = name == f"<{tag}"
                if inside:
                    said.append("")
            elif inside and isinstance(part, str):
                said[-1] += part
        return [" ".join(each.split()) for each in said]

    def attributes(self, name: str) -> list[str]:
        """The values of that attribute in all elements."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"an attribute stands twice in <{tag}>"
        self.parts.append((f"<{tag}", attributes))
        if tag not in _WITHOUT_END:
            self._open.append(tag)
        name = attributes.get("name")
        if name and (tag == "textarea" or (tag == "input" and _is_filled_in(attributes))):
            self.values[name] = "" if tag == "textarea" else attributes.get("value", "")
            self._textarea = name if tag == "textarea" else ""

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes another element"
        self.parts.append((f"{tag}>", ""))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "textarea":
            fresh = self.parts[-1][0] == "<textarea"
            # HTML drops the line break right after the tag
            self.values[self._textarea] += data.removeprefix("\n") if fresh else data
        name, before = self.parts[-1] if self.parts else ("none", "")
        if not name and isinstance(before, str):
            self.parts[-1] = ("", before + data)
        else:
            self.parts.append(("", data))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.parts.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.parts.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.parts.append(("unknown declaration", data))

    def close(self) -> None:
        super().close()
        assert not self._open, f"<{self._open[-1]}> is not closed"


def _is_filled_in(attributes: Attributes) -> bool:
    return attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes
