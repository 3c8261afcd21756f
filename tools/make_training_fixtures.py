"""Writes keras/trainers/testdata/*.npz: what real Keras does in 20 training steps of three models.

    pip install keras==3.15.1 jax && python3 tools/make_training_fixtures.py

Each file has the data (x0, x1, ... y0, ..., all batches one after the other), `loss` of each step,
and for each weight its values before the first step and after each (`weight0` is (21, ...)).
"""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "keras/trainers/testdata"
STEPS = 20
BATCH = 8


def data(generator, *shape):
    return generator.normal(size=(STEPS * BATCH, *shape)).astype("float32")


def labels(generator, classes):
    return generator.integers(0, classes, size=STEPS * BATCH).astype("int32")


def mlp(generator):
    model = keras.Sequential([
        keras.Input((6,)),
        layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
        layers.Dense(3, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model, [data(generator, 6)], [labels(generator, 3)]


def cnn(generator):
    model = keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(4, 3, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.Activation("relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(4, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(3),
    ])
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model, [data(generator, 8, 8, 1)], [labels(generator, 3)]


def two_inputs(generator):
    a = keras.Input((4,), name="a")
    b = keras.Input((4,), name="b")
    shared = layers.Dense(5, activation="tanh", name="shared")
    joined = layers.Concatenate(name="joined")([shared(a), shared(b)])
    number = layers.Dense(1, name="number")(joined)
    kind = layers.Dense(2, activation="softmax", name="kind")(joined)
    model = keras.Model([a, b], [number, kind])
    model.compile(
        keras.optimizers.AdamW(0.01, weight_decay=0.02, clipnorm=1.0),
        {"number": "mse", "kind": "categorical_crossentropy"},
        loss_weights={"number": 0.5, "kind": 2.0},
    )
    kinds = np.eye(2, dtype="float32")[labels(generator, 2)]
    return model, [data(generator, 4), data(generator, 4)], [data(generator, 1), kinds]


def record(make, path):
    generator = np.random.default_rng(7)
    keras.utils.set_random_seed(7)
    model, xs, ys = make(generator)
    history = [model.get_weights()]
    losses = []
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        x = [part[rows] for part in xs]
        y = [part[rows] for part in ys]
        logs = model.train_on_batch(
            x if len(x) > 1 else x[0], y if len(y) > 1 else y[0], return_dict=True
        )
        losses.append(logs["loss"])
        history.append(model.get_weights())
    arrays = {f"x{i}": part for i, part in enumerate(xs)}
    arrays.update({f"y{i}": part for i, part in enumerate(ys)})
    arrays["loss"] = np.array(losses, "float32")
    arrays.update({f"weight{i}": np.stack(values) for i, values in enumerate(zip(*history))})
    np.savez_compressed(path, **arrays)


def main():
    OUTPUT.mkdir(exist_ok=True)
    for make in (mlp, cnn, two_inputs):
        record(make, OUTPUT / f"{make.__name__}.npz")


if __name__ == "__main__":
    main()
