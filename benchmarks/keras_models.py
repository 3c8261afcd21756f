"""Times Keras on the models of train_models.cpp; the backend comes from KERAS_BACKEND.

usage: keras_models.py mlp|cnn [--seconds S]
"""

import json
import sys
import time

import keras
import numpy as np
from keras import layers

BATCH, BATCHES = 128, 200


def build(workload):
    if workload == "mlp":
        return (784,), [
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    return (28, 28, 1), [
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]


def best_rate(examples, seconds, work):
    best, spent, passes = 0.0, 0.0, 0
    while passes < 2 or spent < seconds:
        start = time.perf_counter()
        work()
        took = time.perf_counter() - start
        best, spent, passes = max(best, examples / took), spent + took, passes + 1
    return best


def main():
    workload = sys.argv[1]
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 5.0
    keras.utils.set_random_seed(0)
    shape, stack = build(workload)
    model = keras.Sequential([keras.Input(shape), *stack])
    count = BATCH * BATCHES
    x = np.random.default_rng(1).standard_normal((count, *shape), dtype=np.float32)
    y = np.arange(count, dtype=np.int32) % 10
    model.compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )

    def fit():
        model.fit(x, y, batch_size=BATCH, verbose=0)

    def predict():
        model.predict(x, batch_size=BATCH, verbose=0)

    fit()
    train_rate = best_rate(count, seconds, fit)
    predict()
    predict_rate = best_rate(count, seconds / 2, predict)
    print(
        json.dumps(
            {"workload": workload, "train": round(train_rate), "predict": round(predict_rate)}
        )
    )


main()
