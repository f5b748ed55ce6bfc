"""tf.data: lines that fail today, the errors they give, and lines that work."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from cnnguide.lessons.then_and_now_saving import small_model


def generator_then() -> None:
    """Make a dataset of a generator without saying what it yields."""

    def count(stop):
        i = 0
        while i < stop:
            yield i
            i += 1

    try:
        tf.data.Dataset.from_generator(count, args=[25])
    except TypeError as error:
        print("TypeError:", error)


def generator_now() -> list[int]:
    """Say what the generator yields.

    >>> generator_now()
    [0, 1, 2, 3, 4]
    """

    def count(stop):
        yield from range(stop)

    number = tf.TensorSpec((), tf.int64)
    counter = tf.data.Dataset.from_generator(count, args=[25], output_signature=number)
    return [int(value) for value in counter.take(5)]


def balance_then() -> None:
    """Read the lecture's line for balanced classes."""
    line = (
        "balanced_ds = tf.data.experimental.sample_from_datasets("
        "[negative_ds, positive_ds], [0.5, 0.5]).batch(10))"
    )
    try:
        compile(line, "lecture", "exec")
    except SyntaxError as error:
        print("SyntaxError:", error.msg)


def experimental_then() -> None:
    """Mend the bracket, and call the function under its old name."""
    negative, positive = tf.data.Dataset.range(10), tf.data.Dataset.range(10)
    tf.data.experimental.sample_from_datasets([negative, positive], [0.5, 0.5])


def balance_now() -> int:
    """Draw from two datasets in equal shares.

    >>> balance_now()
    10
    """
    negative = tf.data.Dataset.from_tensors(0).repeat()
    positive = tf.data.Dataset.from_tensors(1).repeat()
    both = tf.data.Dataset.sample_from_datasets([negative, positive], [0.5, 0.5])
    batch = next(iter(both.batch(10)))
    return len(batch)


def display_then() -> None:
    """Read the lecture's lines that show pictures."""
    lines = (
        "for n in range(3):\n"
        "    image_path = random.choice(all_image_paths)\n"
        "    display.display(display.Image(image_path)"
    )
    try:
        compile(lines, "lecture", "exec")
    except SyntaxError as error:
        print("SyntaxError:", error.msg)


def labels_then() -> None:
    """Give each path its label, with a comma where a dot should be."""
    line = "label_to_index[Path(path), parent.name]"
    known = {"Path": Path, "path": "daisy/1.jpg", "label_to_index": {"daisy": 0}}
    try:
        eval(line, known)
    except NameError as error:
        print("NameError:", error)


def labels_now() -> list[int]:
    """Take the label from the name of the file's folder.

    >>> labels_now()
    [0, 1]
    """
    label_to_index = {"daisy": 0, "dandelion": 1}
    all_image_paths = ["flowers/daisy/1.jpg", "flowers/dandelion/2.jpg"]
    return [label_to_index[Path(path).parent.name] for path in all_image_paths]


def decode_then() -> None:
    """Decode files and resize the pictures, within map."""

    def read(path):
        image = tf.image.decode_image(tf.io.read_file(path), channels=3)
        return tf.image.resize(image, [192, 192])

    paths = tf.data.Dataset.from_tensor_slices(["a.jpg"])
    try:
        paths.map(read)
    except ValueError as error:
        print(str(error).splitlines()[-1].strip())


def decode_now() -> tuple[int | None, ...]:
    """Tell the decoder to expect no animation.

    >>> decode_now()
    (192, 192, 3)
    """

    def read(path):
        content = tf.io.read_file(path)
        image = tf.image.decode_image(content, channels=3, expand_animations=False)
        return tf.image.resize(image, [192, 192]) / 255.0

    paths = tf.data.Dataset.from_tensor_slices(["a.jpg"])
    return tuple(paths.map(read).element_spec.shape)


def divide_then() -> None:
    """Divide a picture of whole numbers before it is resized."""
    image = tf.zeros([4, 4, 3], tf.uint8)
    try:
        image / 255.0
    except TypeError as error:
        print("TypeError:", error)


def divide_now() -> str:
    """Change the type first.

    >>> divide_now()
    'float32'
    """
    image = tf.zeros([4, 4, 3], tf.uint8)
    return (tf.cast(image, tf.float32) / 255.0).dtype.name


def batch_then() -> None:
    """Fit on a dataset of single examples."""
    examples = np.ones((8, 4), "float32"), np.ones(8, "float32")
    dataset = tf.data.Dataset.from_tensor_slices(examples)
    model = small_model()
    model.compile("adam", "mse")
    try:
        model.fit(dataset, shuffle=False, verbose=0)
    except ValueError as error:
        print("ValueError:", str(error).splitlines()[2])


def batch_now() -> int:
    """Fit on batches.

    >>> batch_now()
    2
    """
    examples = np.ones((8, 4), "float32"), np.ones(8, "float32")
    dataset = tf.data.Dataset.from_tensor_slices(examples).batch(4)
    model = small_model()
    model.compile("adam", "mse")
    model.fit(dataset, shuffle=False, verbose=0)
    return int(model.optimizer.iterations)


def steps_then() -> None:
    """Ask for more steps than there are batches."""
    examples = np.ones((8, 4), "float32"), np.ones(8, "float32")
    dataset = tf.data.Dataset.from_tensor_slices(examples).batch(4)
    model = small_model()
    model.compile("adam", "mse")
    model.fit(dataset, steps_per_epoch=5, shuffle=False, verbose=0)


def steps_now() -> int:
    """Let the dataset repeat.

    >>> steps_now()
    5
    """
    examples = np.ones((8, 4), "float32"), np.ones(8, "float32")
    dataset = tf.data.Dataset.from_tensor_slices(examples).batch(4).repeat()
    model = small_model()
    model.compile("adam", "mse")
    model.fit(dataset, steps_per_epoch=5, shuffle=False, verbose=0)
    return int(model.optimizer.iterations)
