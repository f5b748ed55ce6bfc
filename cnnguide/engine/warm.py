"""Loads what most snippets need, once, in the process from which workers are forked.

TensorFlow writes start-up lines about the processor to the error stream even before it
reads its log level; they are kept from the author's terminal.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

_terminal = os.dup(2)
_nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)
try:
    import keras
    import matplotlib.pyplot
    import numpy
    import tensorflow
finally:
    os.dup2(_terminal, 2)
    os.close(_terminal)
    os.close(_nowhere)

__all__ = ["keras", "matplotlib", "numpy", "tensorflow"]
