from html.parser import HTMLParser

import pytest

from cnnguide.table import Table


class Read(HTMLParser):
    """The tags with their attributes, and the texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


TABLE = Table(("garment", "seen"), [("coat", 7), ("shirt", 123)], "Garments seen")


def test_text_is_aligned_numbers_on_the_right() -> None:
    caption, head, *rows = repr(TABLE).splitlines()
    assert caption == "Garments seen"
    assert head.split() == ["garment", "seen"]
    assert [row.split() for row in rows] == [["coat", "7"], ["shirt", "123"]]
    assert {len(line) for line in (head, *rows)} == {len(head)}


def test_html_has_caption_and_headings() -> None:
    read = Read(TABLE._repr_html_())
    assert len(read.named("caption")) == 1
    scopes = [attributes["scope"] for attributes in read.named("th")]
    assert scopes == ["col", "col", "row", "row"]
    assert read.texts == ["Garments seen", "garment", "seen", "coat", "7", "shirt", "123"]


def test_numbers_are_told_by_class() -> None:
    read = Read(TABLE._repr_html_())
    assert [cell.get("class") for cell in read.named("td")] == ["number", "number"]
    words = Table(("a", "b"), [("x", "y")])
    assert "class" not in words._repr_html_()


def test_no_caption_no_element() -> None:
    assert "caption" not in Table(("a",), [(1,)])._repr_html_()


def test_html_is_escaped() -> None:
    html = Table(("<a>",), [("<b>&",)], "<c>")._repr_html_()
    assert Read(html).texts == ["<c>", "<a>", "<b>&"]
    assert not {"a", "b", "c"} & {tag for tag, _ in Read(html).tags}


@pytest.mark.parametrize("row", [(1,), (1, 2, 3)])
def test_a_row_of_another_length_is_an_error(row: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=rf"2.*{len(row)}"):
        Table(("a", "b"), [(1, 2), row])


def test_a_column_without_a_name_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"needs a name.*column 1 has ' '"):
        Table(("a", " "), [(1, 2)])
