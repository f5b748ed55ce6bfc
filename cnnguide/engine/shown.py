"""What a script printed and returned, as readers are shown it."""

import base64
import pprint
import re

# Around a warning in the stream of printed text, so that both keep their order.
BEGIN, END = "\x1e", "\x1f"
# Lines of TensorFlow's C++ log tell of the machine and carry times and process numbers.
LOG_LINE = re.compile(
    r"^(?:[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ .*|[IWE]0000 \d\d:\d\d:.*"
    r"|WARNING: All log messages before absl::InitializeLog.*)\n",
    re.MULTILINE,
)
TERMINAL_CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
MOST = 100_000


def mark(warning: str) -> str:
    """A warning as it is put into the stream of printed text."""
    return f"{BEGIN}{warning.strip()}{END}"


def printed(stream: str) -> list[tuple[str, str]]:
    """The stream in its order, as ("text", …) and ("warning", …).

    >>> printed("one\\n" + mark("UserWarning: look") + "two\\n")
    [('text', 'one\\n'), ('warning', 'UserWarning: look'), ('text', 'two\\n')]
    """
    pieces = re.split(f"{BEGIN}(.*?){END}", stream, flags=re.DOTALL)
    outputs = []
    for position, piece in enumerate(pieces):
        if position % 2:
            outputs.append(("warning", piece))
        elif text := _settled(LOG_LINE.sub("", piece)):
            outputs.append(("text", _limited(text)))
    return outputs


def value(value: object) -> list[tuple[str, str, str]]:
    """A script's last value, as (kind, content, the same in plain text).

    It is shown as its HTML if it has one, else as its representation; None shows nothing,
    and a figure is shown as such elsewhere. A file is its name, and in the next line its
    content in base64. Memory addresses are left out, since no two
    runs share them.

    >>> value({"rows": 60000, "shape": (28, 28)})
    [('value', "{'rows': 60000, 'shape': (28, 28)}", '')]
    """
    if value is None or type(value).__name__ == "Figure":
        return []
    if hasattr(value, "_repr_html_") and not isinstance(value, type):
        return [("html", value._repr_html_(), repr(value))]
    if hasattr(value, "_repr_file_") and not isinstance(value, type):
        name, content = value._repr_file_()
        return [("file", f"{name}\n{base64.b64encode(content).decode()}", repr(value))]
    text = pprint.pformat(value, width=80, compact=True, sort_dicts=False)
    return [("value", _limited(ADDRESS.sub("at 0x…", text)), "")]


def file(content: str) -> tuple[str, bytes]:
    """The name and the content of a file that `value` has turned into text.

    >>> file("a.txt\\nYWJj")
    ('a.txt', b'abc')
    """
    name, _, encoded = content.partition("\n")
    return name, base64.b64decode(encoded)


def _settled(text: str) -> str:
    """The text as a terminal shows it at last: progress lines overwrite themselves.

    >>> _settled("10%\\r50%\\rdone\\n")
    'done\\n'
    """
    text = TERMINAL_CODE.sub("", text).replace("\r\n", "\n")
    settled = "\n".join(map(_overwritten, text.split("\n")))
    return settled if settled.strip() else ""


def _overwritten(line: str) -> str:
    """A line after its carriage returns and backspaces have taken effect."""
    cells: list[str] = []
    column = 0
    for character in line:
        if character == "\r":
            column = 0
        elif character == "\b":
            column = max(column - 1, 0)
        else:
            cells[column : column + 1] = [character]
            column += 1
    return "".join(cells)


def _limited(text: str) -> str:
    if len(text) <= MOST:
        return text
    return f"{text[:MOST]}\n… and {len(text) - MOST:,} characters more"
