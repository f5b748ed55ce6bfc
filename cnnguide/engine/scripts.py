"""The site's own scripts and style sheets, without what only their authors need.

Comments and white space go, and nothing else: names and order stay, so that what runs is
what was written.
"""

from pathlib import Path, PurePath

import rcssmin
import rjsmin

SMALLER = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}
FOLDERS = ("assets", "js")  # below the folder of pages


def is_ours(path: str) -> bool:
    """Whether a file below the folder of pages is one to make smaller.

    >>> is_ours("js/widgets/cnn-pool.js"), is_ours("assets/logo.svg"), is_ours("index.md")
    (True, False, False)
    """
    place = PurePath(path)
    return place.parts[0] in FOLDERS and place.suffix in SMALLER


def smaller(path: Path) -> str:
    """The text of a script or style sheet, made smaller."""
    return SMALLER[path.suffix](path.read_text(encoding="utf-8"))
