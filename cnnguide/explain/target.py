"""The file that a page is written to."""

import tempfile
from pathlib import Path

from cnnguide.explain.errors import ExplainError


def target_of(model: Path, output: str | Path | None) -> Path:
    """Where the page on a model is written.

    Raises:
        ExplainError: no page can be written there, or its name is not that of a page.

    >>> str(target_of(Path("models/my.keras"), None))
    'my-explained.html'
    """
    target = Path(output) if output else Path(f"{model.stem}-explained.html")
    if target.suffix.lower() not in (".html", ".htm"):
        raise ExplainError(
            "a page to write with the ending .html", str(target), "choose another --output"
        )
    if target.is_dir() or not target.parent.is_dir():
        got = "a folder of that name" if target.is_dir() else "no such folder"
        raise ExplainError(
            f"a file {target} that can be written", got, "choose another --output"
        )
    return target


def write(target: Path, html: str) -> str:
    """Write a page, the whole of it or nothing.

    Returns:
        What was done.

    Raises:
        ExplainError: it cannot be written.

    >>> write(Path("page.html"), "<p>"), write(Path("page.html"), "<p>")
    ('wrote page.html (0 kB)', 'replaced page.html (0 kB)')
    """
    did = "replaced" if target.exists() else "wrote"
    content = html.encode()
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".explain-") as folder:
            temporary = Path(folder, target.name)
            temporary.write_bytes(content)
            temporary.replace(target)
    except OSError as error:
        raise ExplainError(
            f"a file {target} that can be written", str(error), "choose another --output"
        ) from None
    return f"{did} {target} ({len(content) / 1000:,.0f} kB)"
