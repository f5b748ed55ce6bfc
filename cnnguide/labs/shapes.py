"""The tasks of the lab on convolution and shapes."""

from cnnguide.labs import verdict
from cnnguide.labs.verdict import Verdict, right, wrong


def valid(answer: object) -> Verdict:
    """The shape that `Conv2D(8, 3)` makes of (4, 28, 28, 1)."""
    import keras

    expected = tuple(keras.layers.Conv2D(8, 3).compute_output_shape((4, 28, 28, 1)))
    found = verdict.shape(answer, axes=4)
    if found == expected:
        return right("A 3×3 window has 26 places in 28 rows, and each kernel makes a map.")
    if found[1:3] == (28, 28):
        hint = "Can the window stand with its centre on the outermost pixels?"
    elif found[3] != expected[3]:
        hint = "How many maps do 8 kernels make?"
    else:
        hint = "Move a window of 3 along a row of 28: at how many places can it stand?"
    return wrong("another shape", found, hint)
