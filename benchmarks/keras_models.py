"""Times Keras on the models of train_models.cpp; the backend comes from KERAS_BACKEND.

usage: keras_models.py WORKLOAD [--seconds S] [--latency]
"""

import argparse
import json
import time

import keras
import numpy as np
from keras import layers


def mlp():
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def lstm():
    return keras.Sequential(
        [
            keras.Input((100, 64)),
            layers.LSTM(128, return_sequences=True),
            layers.LSTM(128),
            layers.Dense(10, activation="softmax"),
        ]
    )


def transformer():
    tokens = keras.Input((128,), dtype="int32")
    x = layers.Embedding(8000, 128)(tokens)
    for _ in range(2):
        attended = layers.MultiHeadAttention(4, 32)(x, x)
        x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
        fed = layers.Dense(128)(layers.Dense(512, activation="gelu")(x))
        x = layers.LayerNormalization(epsilon=1e-6)(x + fed)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(10, activation="softmax")(x))


def resnet50():
    return keras.applications.ResNet50(weights=None, input_shape=(96, 96, 3), classes=10)


def mobilenetv2():
    return keras.applications.MobileNetV2(weights=None, input_shape=(96, 96, 3), classes=10)


# Batch, batches and vocabulary, as in workloads.cpp.
WORKLOADS = {
    "mlp": (mlp, 128, 200, 0),
    "cnn": (cnn, 128, 200, 0),
    "lstm": (lstm, 64, 10, 0),
    "transformer": (transformer, 32, 16, 8000),
    "resnet50": (resnet50, 16, 4, 0),
    "mobilenetv2": (mobilenetv2, 16, 6, 0),
}


def make_inputs(model, count, vocabulary):
    rng = np.random.default_rng(1)
    shape = (count, *model.input_shape[1:])
    if vocabulary:
        return rng.integers(0, vocabulary, shape).astype(np.int32)
    return rng.standard_normal(shape, dtype=np.float32)


def best_rate(examples, seconds, work):
    best, spent, passes = 0.0, 0.0, 0
    while passes < 2 or spent < seconds:
        start = time.perf_counter()
        work()
        took = time.perf_counter() - start
        best, spent, passes = max(best, examples / took), spent + took, passes + 1
    return best


def compiled_call(model, x):
    """The model on x as a compiled function of the backend: the fastest that Keras has."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        function = tf.function(lambda z: model(z, training=False))
        constant = tf.constant(x)
        return lambda: function(constant).numpy()
    if backend == "jax":
        import jax

        trainable = [v.value for v in model.trainable_variables]
        others = [v.value for v in model.non_trainable_variables]
        function = jax.jit(
            lambda z: model.stateless_call(trainable, others, z, training=False)[0]
        )
        return lambda: np.asarray(function(x))
    import torch

    constant = torch.from_numpy(x)

    def call():
        with torch.no_grad():
            return model(constant, training=False).numpy()

    return call


def time_latency(model, vocabulary, seconds):
    call = compiled_call(model, make_inputs(model, 1, vocabulary))
    for _ in range(10):
        call()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    p50, p99 = np.quantile(times, [0.5, 0.99]) * 1e6
    return {"p50_us": round(p50, 1), "p99_us": round(p99, 1)}


def time_rates(model, batch, batches, vocabulary, seconds):
    count = batch * batches
    x = make_inputs(model, count, vocabulary)
    y = np.arange(count, dtype=np.int32) % 10
    model.compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )

    def fit():
        model.fit(x, y, batch_size=batch, verbose=0)

    def predict():
        model.predict(x, batch_size=batch, verbose=0)

    fit()
    train_rate = best_rate(count, seconds, fit)
    predict()
    predict_rate = best_rate(count, seconds / 2, predict)
    return {"train": round(train_rate, 1), "predict": round(predict_rate, 1)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--latency", action="store_true")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    make, batch, batches, vocabulary = WORKLOADS[arguments.workload]
    model = make()
    if arguments.latency:
        result = time_latency(model, vocabulary, arguments.seconds)
    else:
        result = time_rates(model, batch, batches, vocabulary, arguments.seconds)
    print(json.dumps({"workload": arguments.workload, **result}))


main()
