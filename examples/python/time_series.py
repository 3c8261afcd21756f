"""Forecasts the next value of two series; see time_series.cpp."""
import csv
import time

import keras
import numpy as np
from keras import layers

import example_data

LENGTH = 60


def windows_of(series, begin, end):
    starts = range(begin, end - LENGTH)
    x = np.array([series[i : i + LENGTH] for i in starts])[..., None]
    return x, np.array([[series[i + LENGTH]] for i in starts])


def rmse(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


def forecast(path, recurrent, epochs, what):
    with open(path) as file:
        series = np.array([row[1] for row in list(csv.reader(file))[1:] if len(row) == 2], "float32")
    seen = len(series) * 4 // 5
    mean, deviation = series[:seen].mean(), series[:seen].std()
    series = (series - mean) / deviation
    train_x, train_y = windows_of(series, 0, seen)
    test_x, test_y = windows_of(series, seen - LENGTH, len(series))

    inputs = keras.Input((LENGTH, 1))
    last = layers.Flatten()(inputs[:, -1:])
    outputs = layers.Dense(1, kernel_initializer="zeros")(recurrent(inputs)) + last
    model = keras.Model(inputs, outputs)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * -(-len(train_y) // 32))
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    model.fit(train_x, train_y, batch_size=32, epochs=epochs, verbose=0)

    error = rmse(model.predict(test_x, verbose=0), test_y) * deviation
    naive_error = rmse(test_x[:, -1], test_y) * deviation
    better = 1 - error / naive_error
    print(f"{what}: error {error:.3f}, naive forecast {naive_error:.3f}: "
          f"{100 * better:.1f} % better")
    return better


arguments = example_data.parse()
sunspots = example_data.find(arguments, "timeseries/monthly-sunspots.csv")
temperatures = example_data.find(arguments, "timeseries/daily-min-temperatures.csv")
keras.utils.set_random_seed(arguments.seed)
epochs = 2 if arguments.quick else 20
start = time.perf_counter()
first = forecast(sunspots, layers.LSTM(64, dropout=0.2), epochs, "sunspots a month, LSTM")
second = forecast(temperatures, layers.GRU(32), epochs, "lowest temperature a day, GRU")
example_data.finish(min(first, second), time.perf_counter() - start)
