"""Regression that says how sure it is; see uncertainty.cpp."""
import time

import keras
import numpy as np
from keras import layers, ops

import example_data


def negative_log_likelihood(y_true, y_pred):
    mean, log_variance = y_pred[:, :1], y_pred[:, 1:]
    each = 0.5 * (
        log_variance + ops.square(y_true - mean) * ops.exp(-log_variance) + np.log(2 * np.pi)
    )
    return ops.mean(each, axis=-1)


arguments = example_data.parse()
keras.utils.set_random_seed(arguments.seed)
count = 500 if arguments.quick else 4000
random = np.random.default_rng(arguments.seed)
x = random.uniform(-3, 3, (count, 1)).astype("float32")


def deviation_at(x):
    return 0.05 + 0.1 * (x + 3)


y = (np.sin(2 * x) + deviation_at(x) * random.normal(size=x.shape)).astype("float32")

inputs = keras.Input((1,))
hidden = layers.Dense(64, activation="tanh")(inputs)
hidden = layers.Dense(64, activation="tanh")(hidden)
mean = layers.Dense(1, name="mean")(hidden)
log_variance = layers.Dense(1, name="log_variance")(hidden)
model = keras.Model(inputs, layers.Concatenate()([mean, log_variance]))
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=negative_log_likelihood)
start = time.perf_counter()
model.fit(x, y, batch_size=64, epochs=3 if arguments.quick else 60, verbose=2)
seconds = time.perf_counter() - start

parts = keras.Model(inputs, [mean, log_variance])
places = np.array([[-2.5], [-1], [0.5], [2], [2.8]], "float32")
for at, found, log in zip(places, *parts.predict(places, verbose=0)):
    print(f"x {at[0]:5.2f}: {found[0]:6.2f} +- {np.exp(0.5 * log[0]):.2f}, "
          f"is {np.sin(2 * at[0]):6.2f} +- {deviation_at(at[0]):.2f}")
found, log = parts.predict(x, verbose=0)
covered = np.mean(np.abs(y - found) < 1.96 * np.exp(0.5 * log))
print(f"within 1.96 deviations: {100 * covered:.1f} %, should be 95 %")
example_data.finish(covered, seconds)
