from pathlib import Path

import pytest

from cnnguide.engine import scripts

SCRIPT = """\
// Says why.
export const greet = (name) => {
  const words = `hello  ${name}  // no comment`;
  return words.replace(/\\/\\/ no/, "/* none */");
};
"""
STYLE = "/* Why. */\n.a > .b {\n  color: red;\n}\n"


def test_a_script_loses_comments_and_space_but_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text(SCRIPT)
    small = scripts.smaller(path)
    assert "Says why" not in small
    assert "`hello  ${name}  // no comment`" in small
    assert '.replace(/\\/\\/ no/,"/* none */")' in small
    assert len(small) < 0.9 * len(SCRIPT)


def test_so_does_a_style_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.css"
    path.write_text(STYLE)
    assert scripts.smaller(path) == ".a>.b{color:red}"


@pytest.mark.parametrize(
    "path", ["netron/index.js", "labs/a.js", "assets/logo.svg", "js/notes.txt", "main.js"]
)
def test_other_files_stay_as_they_are(path: str) -> None:
    assert not scripts.is_ours(path)
