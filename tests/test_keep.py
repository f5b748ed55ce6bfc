from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnguide import keep

KEY = "0" * 32


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNGUIDE_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def around(value: object) -> object:
    """The value after it was kept and got back."""
    keep.put("tiny.snippet", KEY, value)
    found, kept = keep.get("tiny.snippet", KEY)
    assert found
    return kept


def kept_folder(store: Path) -> Path:
    [folder] = store.glob("kept/*/*")
    return folder


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        float("inf"),
        10**30,
        "Größe\n",
        [],
        (),
        {},
        [1, (2, [3.5, None]), "four"],
        {"a": (1, 2), 3: {"b": [True]}, (4, "c"): None},
    ],
)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    kept = around(value)
    assert kept == value
    assert type(kept) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="uint8").reshape(2, 3),
        np.array([1.5, np.nan], dtype="float32"),
        np.zeros((0, 4)),
        np.array(["a", "bcd"]),
        np.float32(1.5),
        np.int64(-3),
        np.bool_(True),
    ],
)
def test_arrays_and_numpy_scalars_come_back_as_they_were(array: Any) -> None:
    kept, [inner] = around((array, [array]))
    for back in (kept, inner):
        np.testing.assert_array_equal(back, array)
        assert back.dtype == array.dtype
        assert type(back) is type(array)


def test_a_model_predicts_the_same_and_goes_on_training_alike() -> None:
    import keras

    keep.set_seeds(0)
    inputs = np.random.rand(64, 4).astype("float32")
    targets = inputs.sum(axis=1)
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, "relu")])
    model.add(keras.layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    history = model.fit(inputs, targets, verbose=0, shuffle=False)

    kept, losses = around((model, history.history))
    assert losses == history.history
    np.testing.assert_array_equal(
        kept.predict(inputs, verbose=0), model.predict(inputs, verbose=0)
    )
    assert int(kept.optimizer.iterations) == int(model.optimizer.iterations) > 0
    for ours, theirs in zip(
        kept.optimizer.variables, model.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    more = [
        one.fit(inputs, targets, verbose=0, shuffle=False, epochs=2).history
        for one in (model, kept)
    ]
    assert more[0] == more[1]


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        object(),
        b"bytes",
        [1, {"a": 2j}],
        print,
        namedtuple("Point", "x y")(1, 2),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    own_store: Path, value: object
) -> None:
    with pytest.raises(TypeError, match=r"keep\.once keeps Keras models.*; got "):
        keep.put("tiny.snippet", KEY, value)
    assert keep.get("tiny.snippet", KEY) == (False, None)
    assert list(own_store.glob("kept/*/*")) == []


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def alter(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])


@pytest.mark.parametrize("name", ["0.npy", "manifest.json"])
@pytest.mark.parametrize(
    "damage", [truncate, alter, Path.unlink, lambda p: p.write_text("")]
)
def test_a_damaged_value_is_reported_and_counts_as_none(
    own_store: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    damage: Callable[[Path], object],
) -> None:
    around([np.arange(100), 3.25, 4.25, 5.25])
    damage(kept_folder(own_store) / name)
    assert keep.get("tiny.snippet", KEY) == (False, None)
    assert "is damaged" in caplog.text and "made again" in caplog.text
    assert around(5) == 5


def test_the_value_of_another_snippet_is_not_taken(
    own_store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    around(1)
    kept_folder(own_store).rename(own_store / "kept/tiny.snippet" / ("1" * 32))
    assert keep.get("tiny.snippet", "1" * 32) == (False, None)
    assert "is damaged" in caplog.text
