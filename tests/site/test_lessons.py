"""What every lesson page has, in the same order, so that readers know where they are."""

import re
from pathlib import Path

import pytest

from cnnguide.engine import build, fences, pages

DOCS = Path(__file__).parents[2] / "docs"
LESSONS = [
    "why-convolution",
    "convolution",
    "downsampling",
    "normalization",
    "applications",
    "garments",
    "overfitting",
    "flowers",
    "pipelines",
    "saving",
    "review",
    "then-and-now",
]
# A formula, but not a shell prompt or an amount of money.
FORMULA = re.compile(r"^\$\$|(?<![\\\w])\$[^\s$]", re.MULTILINE)


CLASS = re.compile(
    r"\b(?:callbacks|layers|losses|optimizers|regularizers|schedules)\.([A-Z]\w+)\("
)


def text(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_lessons_stand_in_order_in_the_navigation_and_on_the_home_page() -> None:
    navigation = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    places = [navigation.index(f": {name}.md\n") for name in LESSONS]
    assert places == sorted(places)
    cards = re.findall(r"\*\*\[.*?\]\(([\w-]+)\.md\)\*\*", text("index"))
    assert cards == LESSONS


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_its_parts_in_order(name: str) -> None:
    headings = re.findall(r"^## (.+)$", text(name), re.MULTILINE)
    assert headings[-3:] == ["Traps", "Questions", "Read on"]
    questions = text(name).partition("\n## Questions\n")[2].partition("\n## Read on\n")[0]
    assert 3 <= questions.count("    ```question") <= 5
    assert re.search(r"^[-*] .+[.;]$", text(name).partition("\n## ")[0], re.MULTILINE)


@pytest.mark.parametrize("name", LESSONS)
def test_a_figure_comes_before_code_and_formulas(name: str) -> None:
    lines = fences.on_page(DOCS / f"{name}.md")
    first = next(fences.scan(lines))
    order = fences.read(first)
    assert order.show == "output"
    assert not FORMULA.search("\n".join(lines[: first.first - 1]))
    kinds = [output.kind for output in build.current().result(order.reference).outputs]
    assert kinds == ["figure"]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_links_to_the_documentation_of_each_class_it_shows(name: str) -> None:
    page = text(name)
    read_on = page.partition("\n## Read on\n")[2].lower().replace("_", "")
    shown = pages.orders(page.splitlines())
    plans = build.current().plans(o.reference for o in shown if o.show != "output")
    used = {name for plan in plans for name in CLASS.findall(plan.script.text)}
    missing = {name for name in used if name.lower() not in read_on}
    assert not missing
    assert "https://keras.io/" in read_on
