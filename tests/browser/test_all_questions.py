"""All questions of the site, opened once."""

import json
from pathlib import Path

from playwright.sync_api import Browser, expect


def test_all_expected_answers_are_right_in_the_page(
    browser: Browser, root: str, built_site: Path
) -> None:
    pages = [p for p in built_site.glob("*/index.html") if 'class="quiz"' in p.read_text()]
    assert len(pages) == 12
    context = browser.new_context()
    page = context.new_page()
    for path in pages:
        page.goto(f"{root}{path.parent.name}/")
        for form in page.locator("form.quiz").all():
            answer = json.loads(form.get_attribute("data-answer"))
            if isinstance(answer, str):
                form.locator(f'input[value="{answer}"]').check()
            else:
                form.locator("input").fill(str(answer))
            form.get_by_role("button", name="Check").click()
            expect(form.get_by_role("status")).to_have_text("Right.")
        expect(page.locator(".quiz-progress")).to_contain_text("You have answered all")
    context.close()


def test_without_a_script_question_and_answer_remain(browser: Browser, root: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{root}convolution/")
    asked = page.locator(".admonition.question").first
    expect(asked).to_contain_text("What is the shape of the output")
    expect(asked.locator("form")).to_be_hidden()
    expect(page.locator(".quiz-progress")).to_be_hidden()
    asked.locator("summary").click()
    expect(asked.locator("details")).to_contain_text("(14, 14, 16)")
    context.close()
