"""Questions are answered in the page, by mouse, touch, keyboard and ear."""

import json
import re

from playwright.sync_api import Locator, Page, expect

from .conftest import Reader

PAGE = "convolution/"
CHOICES = "overfitting/"
SHAPE = "convolution_questions.strided_shape"
NUMBER = "convolution_questions.spread_parameters"
CHOICE = "overfitting_questions.without_a_gap"
DECIMAL = "overfitting_questions.grown"


def question(page: Page, name: str) -> Locator:
    return page.locator(f'form[data-question="{name}"]')


def give(form: Locator, answer: str) -> Locator:
    """Write an answer and check it; what the page says to it."""
    form.locator("input").fill(answer)
    form.get_by_role("button", name="Check").click()
    verdict = form.get_by_role("status")
    expect(verdict).not_to_be_empty()
    return verdict


def test_answers_are_checked_and_wrong_ones_get_a_hint(reader: Reader) -> None:
    form = question(reader.open(PAGE), SHAPE)
    right = json.loads(form.get_attribute("data-answer"))
    expect(give(form, "(13, 13, 16)")).to_have_text(re.compile("first place counts too"))
    expect(give(form, "(1, 2, 3)")).to_have_text(re.compile("How many whole steps"))
    expect(give(form, "large")).to_have_text(re.compile("Write whole numbers with commas"))
    form.locator("input").fill("")
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_role("status")).to_have_text(re.compile("Write whole numbers"))
    expect(give(form, str(tuple(right)))).to_have_text("Right.")
    # A verdict holds for what was checked, not for what is being written.
    form.locator("input").fill("14")
    expect(form.get_by_role("status")).to_be_empty()
    assert not reader.complaints


def test_numbers_may_be_written_in_many_ways(reader: Reader) -> None:
    form = question(reader.open(CHOICES), DECIMAL)
    for answer in ("1.25", " 5/4 ", "1.250", "1.26"):
        expect(give(form, answer)).to_have_text("Right.")
    # A comma parts thousands here, not tenths.
    expect(give(form, "1,25")).to_have_text(re.compile("cannot be read as a number"))
    form = question(reader.open(PAGE), NUMBER)
    for answer in ("18496 18496", "[18496, 18496]", "18496; 18496"):
        expect(give(form, answer)).to_have_text("Right.")


def test_a_choice_is_made_with_the_keyboard_alone(reader: Reader) -> None:
    form = question(reader.open(CHOICES), CHOICE)
    form.locator("input").first.focus()
    reader.page.keyboard.press("Space")
    reader.page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Check")).to_be_focused()
    reader.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_have_text(re.compile("no gap to close"))
    form.locator("input").first.focus()
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_have_text("Right.")


def test_each_field_has_a_name_and_its_verdict_is_heard(reader: Reader) -> None:
    page = reader.open(PAGE)
    field = question(page, SHAPE).get_by_role("textbox")
    expect(field).to_have_accessible_name(re.compile("Your answer, such as"))
    expect(question(page, SHAPE).get_by_role("status")).to_have_count(1)
    group = question(reader.open(CHOICES), CHOICE).get_by_role("group")
    expect(group).to_have_accessible_name("Your answer")


def test_right_answers_are_kept_in_this_browser_until_forgotten(reader: Reader) -> None:
    page = reader.open(PAGE)
    progress = page.locator(".quiz-progress")
    expect(progress).to_be_hidden()
    give(question(page, SHAPE), "(14, 14, 16)")
    give(question(page, NUMBER), "(1, 1)")
    expect(progress).to_contain_text("You have answered 1 of 4 questions.")
    page = reader.open(PAGE)
    form = question(page, SHAPE)
    expect(form.locator("input")).to_have_value("(14, 14, 16)")
    expect(form.get_by_role("status")).to_have_text("Right.")
    expect(question(page, NUMBER).locator("input")).to_have_value("")
    page.get_by_role("button", name="Forget them").click()
    expect(form.locator("input")).to_have_value("")
    expect(progress).to_be_hidden()
    assert page.evaluate("localStorage['cnnguide.answers']") == "{}"
    assert not reader.strangers()


def test_an_answer_that_is_no_longer_right_is_forgotten(reader: Reader) -> None:
    page = reader.open(PAGE)
    page.evaluate(f"localStorage['cnnguide.answers'] = '{{\"{SHAPE}\": \"(1, 1, 1)\"}}'")
    page = reader.open(PAGE)
    expect(question(page, SHAPE).locator("input")).to_have_value("")
    expect(page.locator(".quiz-progress")).to_be_hidden()


def test_strange_storage_does_no_harm(reader: Reader) -> None:
    reader.open(PAGE)
    for stored in ("no JSON", "null", "[]"):
        reader.page.evaluate("(it) => localStorage['cnnguide.answers'] = it", stored)
        page = reader.open(PAGE)
        expect(give(question(page, SHAPE), "(14, 14, 16)")).to_have_text("Right.")
    assert not reader.complaints
