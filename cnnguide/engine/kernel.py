"""In the kernel that executes a lab: figures and warnings as snippets have them."""

import os
import warnings

from cnnguide.engine import figures

# The type under which a figure that cannot be shown tells why.
FAULT = "application/vnd.cnnguide.fault+json"
# The type of what can be read off a figure.
READINGS = "application/vnd.cnnguide.readings+json"


def prepare() -> None:
    """Called once, before the first cell."""
    # TensorFlow's C++ tells the terminal of the machine each time it is imported.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

    import matplotlib
    from IPython import get_ipython

    matplotlib.use("agg")
    matplotlib.rcParams.update(figures.STYLE)
    warnings.formatwarning = _in_a_line
    get_ipython().events.register("post_run_cell", _show_figures)


def _in_a_line(message: object, category: type[Warning], *_: object) -> str:
    return f"{category.__name__}: {message}\n"


def _show_figures(result: object) -> None:
    """Show all open figures, each with its description."""
    from IPython.display import display

    try:
        found = figures.collect(f"lab-{result.info.cell_id or id(result)}")
    except figures.FigureError as error:
        display({FAULT: str(error), "text/plain": str(error)}, raw=True)
        return
    for svg, description, readings in found:
        data = {"image/svg+xml": svg, "text/plain": description}
        display(data | ({READINGS: readings} if readings else {}), raw=True)
