import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from IPython import display

from cnnguide import charts
from cnnguide.data import flowers
from cnnguide.keep import set_seeds
from cnnguide.lessons import garments, pipelines, pipelines_files, pipelines_steps

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Snippets write files; a garden of 60 pictures is enough for them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(flowers, "EACH", 12)
    set_seeds(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_a_list_becomes_scalars(capsys: Printed) -> None:
    pipelines.of_a_list()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "length: 6"
    assert lines[1] == "tf.Tensor(8, shape=(), dtype=int32)"
    assert lines[-1] == "all: [8, 3, 0, 8, 2, 1]"


def test_arrays_are_cut_along_their_first_axis() -> None:
    image, label = pipelines.of_pairs()
    assert (image.shape, image.dtype) == ((28, 28, 1), tf.float32)
    assert label.shape == ()


def test_a_list_of_arrays_and_unequal_lengths_are_errors(capsys: Printed) -> None:
    pipelines.not_pairs()
    first, second = capsys.readouterr().out.splitlines()
    assert "non-rectangular" in first
    assert "Dimensions 1000 and 999" in second


def test_steps_do_as_python_does(capsys: Printed) -> None:
    pipelines.steps()
    expected = [i * i for i in range(10) if i % 3]
    assert numbers(capsys.readouterr().out) == expected


def test_a_generator_starts_anew_in_each_pass(capsys: Printed) -> None:
    pipelines.generated()
    assert capsys.readouterr().out == "[0, 1, 2, 3, 4]\nin all: 25\n"
    got = []

    def count(stop):
        got.append(stop)
        yield from range(stop)

    spec = tf.TensorSpec((), tf.int64)
    dataset = tf.data.Dataset.from_generator(count, args=[3], output_signature=spec)
    assert [len(list(dataset)) for _ in range(2)] == [3, 3]
    assert len(got) == 2


def test_a_generator_needs_a_signature_and_has_no_length(capsys: Printed) -> None:
    pipelines.generator_refused()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("TypeError: To specify the output signature")
    assert second == "TypeError: The dataset length is unknown."


def test_memory_is_that_of_the_arrays(capsys: Printed) -> None:
    pipelines.memory(pictures=10, side=200, batch_size=5)
    array = np.zeros((10, 200, 200, 3), "float32")
    assert f"10 pictures: {array.nbytes / 1e6:.0f} MB" in capsys.readouterr().out


def test_lines_are_bytes_and_empty_ones_count() -> None:
    assert pipelines.lines() == [b"Roses are red,", b"", b"Violets are blue."]


def test_a_missing_file_is_noticed_late(capsys: Printed) -> None:
    pipelines.missing_file()
    made, error = capsys.readouterr().out.splitlines()
    assert made.startswith("The dataset is made")
    assert error == "NotFoundError: novel.txt; No such file or directory"


def test_the_table_is_read_as_it_was_written(capsys: Printed) -> None:
    pipelines.table_head()
    assert capsys.readouterr().out.splitlines()[0] == "length,width,species"
    written = Path("petals.csv").read_text().splitlines()[1:]
    assert len(written) == 400
    pipelines.read_table()
    columns = [numbers(line) for line in capsys.readouterr().out.splitlines()]
    rows = {tuple(numbers(line)) for line in written}
    assert len(columns[0]) == 5
    assert {tuple(row) for row in zip(*columns, strict=True)} <= rows


def csv_dataset(**options: object) -> tf.data.Dataset:
    pipelines.write_table()
    return tf.data.experimental.make_csv_dataset(
        "petals.csv", batch_size=100, label_name="species", **options
    )


def test_a_table_repeats_for_ever_unless_told_otherwise() -> None:
    assert sum(len(labels) for _, labels in csv_dataset(num_epochs=1)) == 400
    assert csv_dataset().cardinality() == tf.data.INFINITE_CARDINALITY


def test_the_table_is_learned_without_a_warning(capsys: Printed) -> None:
    pipelines.learn_table()
    unknown, _, last = capsys.readouterr().out.splitlines()
    assert unknown.endswith(str(tf.data.UNKNOWN_CARDINALITY))
    # 95, 96, 95 and 94 % with the seeds 0 to 3.
    assert numbers(last)[-1] > 88


def test_keras_warns_where_a_length_is_unknown() -> None:
    dataset = csv_dataset(num_epochs=1).map(lambda columns, y: (columns["width"], y))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(dataset, shuffle=False, verbose=0)
    with pytest.warns(UserWarning, match="will be ignored"):
        model.fit(tf.data.Dataset.from_tensors(([1.0], [1.0])), verbose=0)


def test_class_names_are_lost_with_the_next_step(capsys: Printed) -> None:
    pipelines_files.in_one_call()
    first, second = capsys.readouterr().out.splitlines()
    assert first == str(list(flowers.CLASS_NAMES))
    assert second == "after a step: False"
    with pytest.raises(ValueError, match="must provide a `seed`"):
        keras.utils.image_dataset_from_directory(
            flowers.folder(), validation_split=0.2, subset="training", verbose=False
        )


def test_labels_are_those_of_the_folders(capsys: Printed) -> None:
    assert pipelines_files.label_index() == {
        "daisy": 0,
        "dandelion": 1,
        "roses": 2,
        "sunflowers": 3,
        "tulips": 4,
    }
    paths, labels = pipelines_files.labelled_files()
    names = [flowers.CLASS_NAMES[label] for label in labels]
    assert [Path(path).parent.name for path in paths] == names
    assert np.bincount(labels).tolist() == [12] * 5
    rows = pipelines_files.some_files().rows
    assert [name.split("/")[0] for name, _ in rows] == [
        flowers.CLASS_NAMES[label] for _, label in rows
    ]
    assert str(flowers.folder()) not in capsys.readouterr().out
    pipelines_files.label_in_the_pipeline()
    assert capsys.readouterr().out == "the same labels: True\n"


def test_by_hand_gives_what_keras_gives() -> None:
    by_keras = keras.utils.image_dataset_from_directory(
        flowers.folder(), image_size=(96, 96), shuffle=False, batch_size=60, verbose=False
    )
    expected, expected_labels = next(iter(by_keras))
    images, labels = next(iter(pipelines_files.labelled_pictures().batch(60)))
    assert images.shape == (60, 96, 96, 3)
    assert images.dtype == tf.float32
    assert np.allclose(images, expected / 255, atol=1e-5)
    assert np.array_equal(labels, expected_labels)


def test_decoding_must_promise_three_axes(capsys: Printed) -> None:
    pipelines_files.no_shape()
    assert capsys.readouterr().out == "ValueError: 'images' contains no shape.\n"
    pipelines_files.divide_too_soon()
    assert "tf.uint8 != tf.float32" in capsys.readouterr().out


def test_parts_that_are_shuffled_apart_no_longer_match(capsys: Printed) -> None:
    pipelines_files.shuffled_apart()
    apart, together = capsys.readouterr().out.splitlines()
    # 2, 1, 0 and 2 with the seeds 0 to 3; by chance alone about 1.
    assert numbers(apart)[0] <= 8
    assert numbers(together) == [100, 100]


def test_the_figures_tell_what_they_show() -> None:
    assert pipelines_files.road().description.startswith("9 steps")
    description = pipelines_steps.shuffle_reach().description
    assert "with a buffer of 20, at most 19 places forward" in description
    assert pipelines_files.grid().description.endswith(f"{', '.join(flowers.CLASS_NAMES)}.")
    with pytest.raises(ValueError, match="each element once"):
        charts.shuffle_reach({2: np.array([0, 0])})
    with pytest.raises(ValueError, match="at least one stage"):
        charts.pipeline({})


@pytest.mark.parametrize("buffer_size", [1, 2, 100])
def test_no_element_comes_forward_farther_than_the_buffer(buffer_size: int) -> None:
    jump = pipelines_steps.farthest_jump(buffer_size=buffer_size)
    assert jump == str(buffer_size - 1)


def test_a_small_buffer_leaves_sorted_garments_sorted() -> None:
    rows = pipelines_steps.sorted_start().rows
    assert [classes for _, classes in rows] == sorted(classes for _, classes in rows)
    assert (rows[0][1], rows[-1][1]) == (1, 10)


def test_a_split_after_shuffling_leaks(capsys: Printed) -> None:
    pipelines_steps.split_after_shuffle()
    leaks, sound = capsys.readouterr().out.splitlines()
    # 18, 18, 17 and 16 with the seeds 0 to 3; by chance alone 20 · 0.8 = 16.
    assert 8 <= numbers(leaks)[0] <= 20
    assert numbers(sound) == [0]


def test_fit_wants_batches(capsys: Printed) -> None:
    pipelines_steps.unbatched()
    said = capsys.readouterr().out
    assert (
        "Expected shape (None, 28, 28), but input has incompatible shape (28, 28)" in said
    )
    pipelines_steps.remainder()
    assert capsys.readouterr().out.splitlines() == [
        "drop_remainder=False: [4, 4, 2], shape (None,)",
        "drop_remainder=True: [4, 4], shape (4,)",
    ]


def test_more_steps_than_batches() -> None:
    with pytest.warns(UserWarning, match="Your input ran out of data"):
        pipelines_steps.ran_out()
    model = pipelines_steps.small_model()
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    endless = pipelines_steps.garment_pairs().batch(64).repeat()
    model.fit(endless, steps_per_epoch=3, shuffle=False, verbose=0)


def test_elements_overtake_only_where_they_may(capsys: Printed) -> None:
    pipelines_steps.map_in_parallel()
    assert re.findall(r"(\w+)$", capsys.readouterr().out, re.MULTILINE) == ["True", "False"]


def test_chance_in_map_repeats_unless_each_element_has_a_seed(capsys: Printed) -> None:
    pipelines_steps.chance_repeats()
    repeated = [numbers(line)[1:] for line in capsys.readouterr().out.splitlines()]
    assert repeated[0] == repeated[1] == repeated[2]
    assert len(set(repeated[0])) > 1
    printed = []
    for _ in range(2):
        pipelines_steps.chance_renewed()
        printed.append(capsys.readouterr().out)
    renewed = {tuple(numbers(line)[1:]) for line in printed[0].splitlines()}
    assert len(renewed) == 3
    assert printed[0] == printed[1]


def flips(flip) -> list[list[float]]:
    """Which of forty pictures are flipped, in two passes after the same seed."""
    set_seeds(0)
    picture = tf.constant([[[1.0], [-1.0]]])
    dataset = tf.data.Dataset.from_tensors(picture).repeat(40).map(flip())
    return [[float(p[0, 0, 0]) for p in dataset] for _ in range(2)]


def test_flips_of_tf_image_repeat_and_those_of_keras_do_not() -> None:
    first, second = flips(lambda: tf.image.random_flip_left_right)
    assert first == second
    assert set(first) == {1, -1}
    of_keras = flips(lambda: keras.layers.RandomFlip("horizontal"))
    assert of_keras[0] != of_keras[1]
    assert flips(lambda: keras.layers.RandomFlip("horizontal")) == of_keras


def test_what_cache_freezes(capsys: Printed) -> None:
    pipelines_steps.cache_freezes()
    lines = capsys.readouterr().out.splitlines()
    passes = [np.array(numbers(line)[1:]) for line in lines if "epoch" in line]
    assert all(sorted(abs(one)) == [1, 2, 3, 4, 5, 6] for one in passes)
    pairs = list(zip(passes[::2], passes[1::2], strict=True))
    same_order = [np.array_equal(abs(a), abs(b)) for a, b in pairs]
    same_flips = [set(a[a < 0]) == set(b[b < 0]) for a, b in pairs]
    assert same_order == [False, True, True]
    assert same_flips == [False, False, True]


@pytest.mark.parametrize(("cached", "calls"), [(False, 150), (True, 50)])
def test_a_cached_step_runs_once_for_each_element(cached: bool, calls: int) -> None:
    made = []

    def slowly(number):
        made.append(number)
        return number

    dataset = tf.data.Dataset.range(50).map(
        lambda number: tf.py_function(slowly, [number], tf.int64)
    )
    dataset = dataset.cache() if cached else dataset
    for _ in range(3):
        list(dataset)
    assert len(made) == calls


def test_prefetch_makes_elements_ahead(capsys: Printed) -> None:
    pipelines_steps.made_ahead()
    assert capsys.readouterr().out.splitlines() == [
        "prefetch(1): 1 taken, 2 made",
        "prefetch(5): 1 taken, 6 made",
    ]


def test_sampling_evens_out_only_with_repeat() -> None:
    repeated, once, stopped = pipelines_steps.balance_by_sampling().rows
    # 50, 52, 50 and 51 % with the seeds 0 to 3.
    assert 42 < numbers(repeated[2])[0] < 58
    assert once[1:] == (525, "5%", "0%")
    # 49, 46, 45 and 55 drawn with the seeds 0 to 3.
    assert 25 <= stopped[1] < 110


def test_both_remedies_find_more_coats() -> None:
    plain, weighted, sampled = pipelines_steps.coats_found().rows
    coats = [numbers(row[1])[0] for row in (plain, weighted, sampled)]
    pullovers = [numbers(row[2])[0] for row in (plain, weighted, sampled)]
    # 8, 9, 7, 0 % of the coats; 68, 70, 90, 79 % with weights; 53, 67, 66, 49 % with
    # sampling, for the seeds 0 to 3. Pullovers: 99 % and more, then 65 to 90 %.
    assert coats[0] < 25
    assert min(coats[1:]) > 35
    assert pullovers[0] > 95
    assert max(pullovers[1:]) < pullovers[0]


def test_records_come_back_as_they_were(capsys: Printed) -> None:
    pipelines_files.read_records()
    assert capsys.readouterr().out == "60 of 60 came back as they were\n"
    paths, _ = pipelines_files.labelled_files()
    pixels = sum(
        tf.io.decode_image(tf.io.read_file(path)).shape.num_elements() for path in paths
    )
    assert Path("flowers.tfrecord").stat().st_size < pixels / 2


def test_the_whole_pipeline_is_new_in_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without rotation, each picture is one of the originals or its mirror image.
    monkeypatch.setattr(keras.layers, "RandomRotation", lambda _: keras.layers.Identity())
    dataset = pipelines_files.whole(size=24, batch_size=60)
    originals = {}
    for image, label in pipelines_files.labelled_pictures(24):
        for picture in (image.numpy(), image.numpy()[:, ::-1]):
            originals[picture.tobytes()] = int(label)
    epochs = [next(iter(dataset)) for _ in range(2)]
    for images, labels in epochs:
        found = [originals[image.tobytes()] for image in images.numpy()]
        assert found == labels.numpy().tolist()
        assert np.bincount(found).tolist() == [12] * 5
    assert not np.array_equal(epochs[0][1], epochs[1][1])
    shown = [{image.tobytes() for image in images.numpy()} for images, _ in epochs]
    assert shown[0] != shown[1]


def test_a_network_learns_from_it(capsys: Printed) -> None:
    pipelines_files.fit_whole(epochs=10)
    losses = [numbers(line)[1] for line in capsys.readouterr().out.splitlines()]
    assert len(losses) == 10
    assert losses[-1] < losses[0]


def test_measured_tables_name_what_they_measure() -> None:
    assert [row[0] for row in pipelines_steps.order_costs(count=64).rows] == [
        "map, then batch",
        "map in parallel, then batch",
        "batch, then map",
    ]
    assert len(pipelines_files.passes(count=5).columns) == 3


def test_a_notebook_shows_a_file() -> None:
    path = pipelines_files.labelled_files()[0][0]
    assert display.Image(filename=path).data == Path(path).read_bytes()


def test_pairs_of_garments_are_those_of_the_first_lesson() -> None:
    images, _ = garments.prepare("test")
    picture, _ = next(iter(pipelines_steps.garment_pairs()))
    assert np.allclose(picture, images[0, :, :, 0], atol=1e-6)
