import inspect
import os
import re
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnguide.data import flowers as data
from cnnguide.lessons import flowers, flowers_training

# The photographs are no part of the project: a place beside it, or one that is named.
PHOTOGRAPHS = Path(
    os.environ.get("CNNGUIDE_TEST_FLOWERS")
    or Path(__file__).parents[3] / "shared" / "data" / "flower_photos"
)
Output = pytest.CaptureFixture[str]


def gap(history: dict[str, list[float]]) -> float:
    return history["accuracy"][-1] - history["val_accuracy"][-1]


def test_the_folder_has_the_classes_and_counts_that_are_shown(capsys: Output) -> None:
    flowers.look()
    lines = capsys.readouterr().out.splitlines()
    counts = [line for line in lines if not line.startswith(" ")]
    assert counts == [f"{name} {data.EACH}" for name in data.CLASS_NAMES]
    assert len({line.split(maxsplit=1)[1] for line in lines if "×" in line}) > 1


def test_keras_numbers_the_folders_by_the_alphabet(capsys: Output) -> None:
    flowers.load()
    out = capsys.readouterr().out
    assert "Found 600 files belonging to 5 classes." in out
    assert str(sorted(data.CLASS_NAMES)) in out
    assert "images (32, 64, 64, 3) float32" in out


def test_a_split_without_a_seed_is_refused(capsys: Output) -> None:
    flowers.without_seed()
    assert "you must provide a `seed` argument" in capsys.readouterr().out


def test_two_seeds_mix_the_parts(capsys: Output) -> None:
    flowers.two_seeds()
    both, of = map(
        int, re.search(r"(\d+) of these (\d+)", capsys.readouterr().out).groups()
    )
    assert of == 120
    assert both / of == pytest.approx(0.8, abs=0.1)


def test_by_hand_gives_what_keras_gives(capsys: Output) -> None:
    flowers.by_hand()
    assert "label 4" in capsys.readouterr().out
    dataset = keras.utils.image_dataset_from_directory(
        data.folder(), image_size=(64, 64), shuffle=False, verbose=False
    )
    images, labels = next(iter(dataset))
    content = tf.io.read_file(dataset.file_paths[3])
    image = tf.io.decode_image(content, channels=3, expand_animations=False)
    assert np.allclose(images[3], tf.image.resize(image, (64, 64)))
    assert labels[3] == data.CLASS_NAMES.index(Path(dataset.file_paths[3]).parent.name)


def test_an_unknown_shape_cannot_be_resized_in_a_dataset() -> None:
    files = tf.data.Dataset.from_tensor_slices([str(next(data.folder().glob("*/*")))])

    def read(path: tf.Tensor) -> tf.Tensor:
        return tf.image.resize(tf.io.decode_image(tf.io.read_file(path)), (64, 64))

    with pytest.raises(ValueError, match="contains no shape"):
        files.map(read)


def test_caching_loses_the_class_names(capsys: Output) -> None:
    flowers.names_are_lost()
    error, names = capsys.readouterr().out.splitlines()
    assert error.startswith("AttributeError: ")
    assert names == str(list(data.CLASS_NAMES))


def test_each_epoch_has_all_training_pictures_in_other_batches(capsys: Output) -> None:
    training, validation = flowers.splits()
    assert capsys.readouterr().out == ""
    first, second = (
        [{image.tobytes() for image in images.numpy()} for images, _ in training]
        for _ in range(2)
    )
    assert first != second
    assert set().union(*first) == set().union(*second)
    unseen = {image.tobytes() for images, _ in validation for image in images.numpy()}
    assert (len(set().union(*first)), len(unseen)) == (480, 120)
    assert not unseen & set().union(*first)


def test_a_cache_behind_the_batches_keeps_them() -> None:
    numbers = tf.data.Dataset.range(100).shuffle(100)

    def two_passes(dataset: tf.data.Dataset) -> list[set[tuple[int, ...]]]:
        return [{tuple(batch) for batch in dataset.as_numpy_iterator()} for _ in range(2)]

    first, second = two_passes(numbers.batch(10).cache().shuffle(10))
    assert first == second
    first, second = two_passes(numbers.cache().shuffle(100).batch(10))
    assert first != second


def test_a_cache_reads_each_file_once(capsys: Output) -> None:
    flowers.cache_counts()
    assert re.findall(r"(\d+) read", capsys.readouterr().out) == ["150", "50"]


def test_tensorflow_reads_ahead_unless_forbidden() -> None:
    def counted(read: list[int]) -> tf.data.Dataset:
        return tf.data.Dataset.range(50).map(
            lambda number: tf.numpy_function(
                lambda n: [read.append(n), n][1], [number], tf.int64
            )
        )

    options = tf.data.Options()
    options.experimental_optimization.inject_prefetch = False
    asked_for: list[int] = []
    ahead: list[int] = []
    patient, eager = iter(counted(asked_for).with_options(options)), iter(counted(ahead))
    next(patient)
    next(eager)
    until = time.monotonic() + 60
    while len(ahead) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(ahead) >= 2  # of which one was asked for
    assert len(asked_for) == 1  # in the same time, and more


def test_the_times_are_of_three_datasets() -> None:
    rows = flowers.prefetch_times(pause=0.0).rows
    assert [row[0] for row in rows][::2] == ["no prefetch at all", "prefetch(AUTOTUNE)"]
    assert all(float(row[1]) > 0 for row in rows)


def test_the_first_network_overfits() -> None:
    _, history = flowers_training.train()
    # With the seeds 0, 1 and 2: 1.00 against 0.73, 0.72 and 0.75; loss 0.70 → 1.09,
    # 0.86 → 1.29 and 0.77 → 1.16. With photographs: 1.00 against 0.70, 0.57 and 0.65.
    assert history["accuracy"][-1] > 0.93
    assert 0.6 < history["val_accuracy"][-1] < 0.85
    assert gap(history) > 0.15
    assert history["val_loss"][-1] > 1.15 * min(history["val_loss"])


def test_augmentation_and_dropout_narrow_the_gap() -> None:
    _, plain = flowers_training.train()
    _, augmented = flowers_training.train_augmented()
    # As the table has it, 0.27 → 0.14, 0.28 → 0.12 and 0.25 → 0.11 with the seeds 0, 1
    # and 2. With photographs: 0.30 → 0.21, 0.43 → 0.19 and 0.35 → 0.23.
    assert gap(augmented) < gap(plain) - 0.04
    (_, _, _, wide), (_, _, _, narrow) = flowers_training.compared().rows
    assert float(narrow) < float(wide) - 0.04


def test_the_table_evaluates_what_the_curves_end_at() -> None:
    for name, (_, history) in {
        "plain": flowers_training.train(),
        "augmented": flowers_training.train_augmented(),
    }.items():
        assert flowers_training.accuracies()[name][1] == pytest.approx(
            history["val_accuracy"][-1], abs=0.01
        )


def test_augmentation_turns_by_at_most_a_tenth_of_a_circle() -> None:
    image = np.zeros((1, 65, 65, 1), "float32")
    image[0, 32, 33:] = 1  # a hand that points to the right
    turn = keras.layers.RandomRotation(0.1, fill_mode="constant")
    angles = []
    for _ in range(60):
        rows, columns = np.nonzero(np.asarray(turn(image, training=True))[0, ..., 0] > 0.3)
        angles.append(np.degrees(np.arctan2(32 - rows.mean(), columns.mean() - 32)))
    assert 20 < max(angles) < 38
    assert -38 < min(angles) < -20


def test_chance_is_at_work_where_the_table_says() -> None:
    assert [tuple(row) for row in flowers_training.when_active().rows] == [
        ("RandomRotation", "changed", "changed", "same"),
        ("Dropout", "same", "changed", "same"),
    ]


def test_predictions_are_those_of_the_second_network() -> None:
    images, chances, labels = flowers_training.predictions()
    assert images.shape == (120, 64, 64, 3)
    assert chances.sum(axis=1) == pytest.approx(np.ones(120), abs=1e-5)
    accuracy = (chances.argmax(axis=1) == labels).mean()
    expected = flowers_training.accuracies()["augmented"][1]
    assert accuracy == pytest.approx(expected, abs=0.01)
    description = flowers_training.confusion().description
    assert f"{round(accuracy * 120)} of 120 lie on the diagonal" in description


def test_bars_show_three_right_and_three_wrong() -> None:
    description = flowers_training.bars().description
    assert len(re.findall(r"\bright\b", description)) == 3
    assert len(re.findall(r"\bwrong, it is\b", description)) == 3


def test_a_new_flower_is_in_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert flowers_training.new_flower().description.startswith(
        "Predictions for 1 pictures"
    )
    assert (tmp_path / "mine.jpg").is_file()
    content = (tmp_path / "mine.jpg").read_bytes()
    assert content not in {file.read_bytes() for file in data.folder().glob("*/*")}


def test_what_is_no_flower_gets_a_flower_s_name() -> None:
    said = re.findall(
        r"is called (\w+) at (\d+)%", flowers_training.no_flower().description
    )
    assert len(said) == 3
    # The largest of five numbers with sum 1.
    assert all(name in data.CLASS_NAMES and int(share) >= 20 for name, share in said)


def test_every_snippet_runs_on_photographs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    if not PHOTOGRAPHS.is_dir():
        pytest.skip("no photographs: name their folder by CNNGUIDE_TEST_FLOWERS")
    monkeypatch.setenv("CNNGUIDE_FLOWERS", str(PHOTOGRAPHS))
    monkeypatch.setenv("CNNGUIDE_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    assert "drawn" not in flowers.source()
    # One epoch is enough to see that all runs. Others find these under the same names.
    for name in ("train", "train_augmented"):
        trained = getattr(flowers_training, name)(epochs=1)
        monkeypatch.setattr(flowers_training, name, lambda trained=trained: trained)
    snippets = [
        function
        for module in (flowers, flowers_training)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]
    assert len(snippets) > 25
    for snippet in snippets:
        snippet()
    out = capsys.readouterr().out
    assert "belonging to 5 classes" in out
    assert str(list(data.CLASS_NAMES)) in out
