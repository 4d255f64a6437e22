"""A page taken apart as a browser does: its elements, their attributes, and the text in them.

All tests read HTML with this module. It refuses HTML with which a browser would have to guess: an
element that is never closed, one that is closed twice, an attribute that is given twice::

    page = Page(answer.text)
    page.language, page.said_in("h1"), page.said_by("reference"), page.values["description"]
    [form] = [form for form in page.of("form") if form["action"] == "reply"]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]

_WITHOUT_END = {"br", "hr", "img", "input", "link", "meta"}


def as_read(text: str) -> str:
    """The text with one space for each run of white space, no-break spaces included."""
    return " ".join(text.split())


@dataclass(eq=False)
class Element:
    """One element, with its content: elements and texts in their order."""

    tag: str
    attributes: Attributes
    around: "Element | None" = None
    """The element that this one is in."""
    content: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it, with one space for each run of white space."""
        return as_read("".join(self._texts()))

    @property
    def language(self) -> str | None:
        """The language of its texts, from the nearest element with a `lang`."""
        if "lang" in self.attributes or self.around is None:
            return self.attributes.get("lang")
        return self.around.language

    @property
    def values(self) -> dict[str, str]:
        """The values that a browser would send of its fields, without unchecked choices."""
        found = {}
        for each in self.walk():
            name = each.attributes.get("name", "")
            if each.tag == "textarea" and name:
                # HTML drops the line break right after the tag
                found[name] = "".join(each._texts()).removeprefix("\n")
            elif each.tag == "input" and name and _is_filled_in(each.attributes):
                found[name] = each.attributes.get("value", "")
        return found

    def walk(self) -> Iterator["Element"]:
        """Every element in it, in the order of the page."""
        for each in self.content:
            if isinstance(each, Element):
                yield each
                yield from each.walk()

    def own_texts(self) -> list[str]:
        """The texts directly in it."""
        return [each for each in self.content if isinstance(each, str)]

    def _texts(self) -> Iterator[str]:
        for each in self.content:
            if isinstance(each, str):
                yield each
            else:
                yield from each._texts()


class Page(HTMLParser):
    """A page, or a part of one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[tuple[str, Attributes | str]] = []
        """`("<a", attributes)`, `("a>", "")`, `("", text)`; any other part, by its name."""
        self.root = Element("", {})
        """The element around everything."""
        self._innermost = self.root
        self.feed(html)
        self.close()

    @property
    def all(self) -> list[Element]:
        """Every element, in the order of the page."""
        return list(self.root.walk())

    @property
    def elements(self) -> list[tuple[str, Attributes]]:
        """The name of every element with its attributes."""
        return [(each.tag, each.attributes) for each in self.all]

    @property
    def language(self) -> str | None:
        """The language that the page declares."""
        return self.of("html")[0].get("lang")

    @property
    def text(self) -> str:
        """The text that a reader sees, with one space for each run of white space."""
        words = [text for name, text in self.parts if not name and isinstance(text, str)]
        return as_read(" ".join(words))

    @property
    def values(self) -> dict[str, str]:
        """The value of each field, by its name, without unchecked choices."""
        return self.root.values

    @property
    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """The address of each form, and the values that it sends if nobody types anything."""
        forms = [each for each in self.all if each.tag == "form"]
        return [(each.attributes.get("action", ""), each.values) for each in forms]

    @property
    def ids(self) -> set[str]:
        return set(self.attributes("id"))

    @property
    def links(self) -> list[str]:
        """The addresses of the links."""
        return [each["href"] for each in self.of("a") if "href" in each]

    def of(self, tag: str) -> list[Attributes]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def within(self, tag: str) -> Element:
        """The only element of that name."""
        [only] = [each for each in self.all if each.tag == tag]
        return only

    def said_in(self, tag: str) -> list[str]:
        """The text of every element of that name."""
        return [each.text for each in self.all if each.tag == tag]

    def said_by(self, element_id: str) -> str:
        """The text of the element with that id. Raises LookupError if there is none."""
        for each in self.all:
            if each.attributes.get("id") == element_id:
                return each.text
        raise LookupError(f"nothing has the id {element_id!r}")

    def attributes(self, name: str) -> list[str]:
        """The values of that attribute, on any element."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"an attribute stands twice in <{tag}>"
        self.parts.append((f"<{tag}", attributes))
        element = Element(tag, attributes, self._innermost)
        self._innermost.content.append(element)
        if tag not in _WITHOUT_END:
            self._innermost = element

    def handle_endtag(self, tag: str) -> None:
        assert self._innermost.around, f"</{tag}> closes nothing"
        assert self._innermost.tag == tag, f"</{tag}> closes another element"
        self.parts.append((f"{tag}>", ""))
        self._innermost = self._innermost.around

    def handle_data(self, data: str) -> None:
        self._innermost.content.append(data)
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
        assert self._innermost is self.root, f"<{self._innermost.tag}> is not closed"


def _is_filled_in(attributes: Attributes) -> bool:
    return attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes
