"""What each layer of a model makes of a picture, also of layers in models in models."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Step:
    """One call of a layer, or of an operation such as the + of `x + y`.

    Args:
        name: the layer's name, after the names of the models that it is part of.
        layer: the layer or operation.
        inputs: the tensors that it was given.
        outputs: the tensors that it gave; mostly one.
    """

    name: str
    layer: Any
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]


def leaves(model: keras.Model, within: str = "") -> Iterator[tuple[str, Any]]:
    """The name and the layer of each layer that is no model itself, in their order.

    >>> inner = keras.Sequential([keras.layers.ReLU(name="relu")], name="inner")
    >>> outer = keras.Sequential([keras.Input((8, 8, 1)), inner, keras.layers.Flatten()])
    >>> [name for name, _ in leaves(outer)][0]
    'inner/relu'
    """
    # A functional model also has operations that are no layers.
    for part in getattr(model, "operations", model.layers):
        if isinstance(part, keras.Model) and part.layers:
            yield from leaves(part, f"{within}{part.name}/")
        elif not isinstance(part, keras.layers.InputLayer):
            yield within + part.name, part


def take(model: keras.Model, inputs: Any) -> tuple[list[Step], Any]:
    """Run a model once, not in training, and note what each layer does.

    Args:
        model: a model of any kind.
        inputs: what the model takes.

    Returns:
        The steps in the order in which they were taken, and the model's output.

    >>> model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    >>> steps, output = take(model, keras.ops.ones((1, 8, 8, 1)))
    >>> steps[0].outputs[0].shape, output.shape
    (TensorShape([1, 64]), TensorShape([1, 64]))
    """
    steps: list[Step] = []
    with ExitStack() as stack:
        for name, layer in {
            id(layer): (name, layer) for name, layer in leaves(model)
        }.values():
            stack.enter_context(_watched(name, layer, steps))
        output = model(inputs, training=False)
    return steps, output


@contextmanager
def _watched(name: str, layer: Any, steps: list[Step]) -> Iterator[None]:
    call = layer.call

    def noting(*args: Any, **kwargs: Any) -> Any:
        given = call(*args, **kwargs)
        steps.append(Step(name, layer, _tensors((args, kwargs)), _tensors(given)))
        return given

    # Keras would track what is set on a layer; this shall leave no trace.
    object.__setattr__(layer, "call", noting)
    try:
        yield
    finally:
        object.__delattr__(layer, "call")


def _tensors(nested: Any) -> tuple[Any, ...]:
    return tuple(part for part in keras.tree.flatten(nested) if keras.ops.is_tensor(part))
