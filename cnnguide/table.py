"""A table for pages, notebooks and terminals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

NUMBER = re.compile(r"^[-−]?[\d,]*\.?\d+(e[-+]?\d+)?\s?%?$")


@dataclass(frozen=True)
class Table:
    """Rows under named columns; the first column names the row.

    Columns of numbers stand on the right, also where a cell is a text such as "1,024" or
    "87.5%". Floats are shown as they are, so round them before.

    Args:
        columns: the columns' names. None is empty: a screen reader says with each value
            under which name it stands.
        rows: for each row a value for each column.
        caption: what the table shows.

    Raises:
        ValueError: a column has no name, or a row has more or fewer values than there are
            columns.

    >>> Table(("epoch", "loss"), [(1, 0.5), (2, 0.25)])
    epoch  loss
        1   0.5
        2  0.25
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""

    def __post_init__(self) -> None:
        for position, name in enumerate(self.columns):
            if not name.strip():
                raise ValueError(
                    f"every column needs a name, which readers are told; column {position} "
                    f"has {name!r}"
                )
        for position, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"row {position} must have {len(self.columns)} values, one for each "
                    f"column; it has {len(row)}: {row!r}"
                )

    def __repr__(self) -> str:
        lines = [self.columns, *([str(value) for value in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        numeric = [self._is_numeric(column) for column in range(len(self.columns))]
        aligned = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, numeric, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*([self.caption] if self.caption else []), *aligned])

    def _repr_html_(self) -> str:
        """The table for a page: with a caption, and with headings for rows and columns."""
        numeric = [self._is_numeric(column) for column in range(len(self.columns))]
        style = [' class="number"' if right else "" for right in numeric]
        head = "".join(
            f'<th scope="col"{kind}>{escape(name)}</th>'
            for name, kind in zip(self.columns, style, strict=True)
        )
        body = "".join(f"<tr>{self._cells(row, style)}</tr>" for row in self.rows)
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        return (
            f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _cells(self, row: Sequence[object], style: Sequence[str]) -> str:
        first, *others = (escape(str(value)) for value in row)
        cells = [
            f"<td{kind}>{value}</td>" for value, kind in zip(others, style[1:], strict=True)
        ]
        return f'<th scope="row"{style[0]}>{first}</th>' + "".join(cells)

    def _is_numeric(self, column: int) -> bool:
        return all(NUMBER.match(str(row[column])) for row in self.rows)
