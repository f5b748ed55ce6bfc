from .conftest import Project, code_blocks, outputs


def test_both_generators_give_the_same_code_and_outputs(tiny: Project) -> None:
    tiny.mkdocs()
    mkdocs = tiny.html()
    built = tiny.zensical("--clean")
    assert built.returncode == 0, built.stderr
    assert code_blocks(tiny.html()) == code_blocks(mkdocs) != []
    # Zensical takes away an attribute that tells its search what to leave out.
    plain = [o.replace(" data-search-exclude", "") for o in outputs(mkdocs)]
    assert (
        [o.replace(" data-search-exclude", "") for o in outputs(tiny.html())] == plain != []
    )


def test_its_page_cache_sees_a_changed_snippet_without_being_cleaned(tiny: Project) -> None:
    tiny.zensical()
    tiny.lesson.write_text(tiny.lesson.read_text().replace("6 * 7", "6 * 8"))
    tiny.zensical()
    assert "<samp>48</samp>" in outputs(tiny.html())[1]
    assert "<samp>42</samp>" not in outputs(tiny.html())[1]


def test_its_page_cache_sees_another_seed(tiny: Project) -> None:
    tiny.zensical()
    assert "<dt>Seed</dt><dd>0</dd>" in tiny.html()
    tiny.zensical(CNNGUIDE_SEED="5")
    assert "<dt>Seed</dt><dd>5</dd>" in tiny.html()


def test_a_failing_snippet_ends_its_build_with_page_and_line(tiny: Project) -> None:
    tiny.lesson.write_text(tiny.lesson.read_text().replace("6 * 7", "6 / 0"))
    failed = tiny.zensical()
    assert failed.returncode != 0
    line = 1 + tiny.page.read_text().splitlines().index("    ```snippet")
    assert f"docs/index.md:{line}: snippet tiny.lone failed" in failed.stderr
