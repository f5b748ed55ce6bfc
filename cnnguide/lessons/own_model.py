"""A model file explained on one page, with the command for models of your own."""

import textwrap

from PIL import Image

from cnnguide.data import fashion_mnist
from cnnguide.explain import architecture, report
from cnnguide.lessons import saving
from cnnguide.table import Table


def explained() -> None:
    """Explain a small garment classifier, with a picture to look at."""
    saving.train().save("garments.keras")
    images, labels = fashion_mnist.load("test")
    Image.fromarray(images[0]).save("garment.png")

    found = report.explain(
        "garments.keras", ["garment.png"], classes=fashion_mnist.CLASS_NAMES
    )
    for line in str(found).splitlines():
        print(textwrap.fill(line, 64))
    print("it is a", fashion_mnist.CLASS_NAMES[labels[0]])


def layers() -> Table:
    """Count parameters and multiply-adds, and see how far each layer sees.

    >>> layers().rows[0]
    ('conv', 'Conv2D', '13×13×8', '80', '12,168', '3×3')
    """
    return architecture.table(saving.build())
