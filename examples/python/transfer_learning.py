"""A network that knows the digits 0 to 4 learns 5 to 9; see transfer_learning.cpp."""
import time

import keras
from keras import layers

import example_data


def five_digits(x, y, first, most):
    chosen = ((y >= first) & (y < first + 5)).nonzero()[0][:most]
    return x[chosen], y[chosen] - first


def make_base():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
    ])


def with_head(base):
    return keras.Sequential(
        [keras.Input((28, 28, 1)), base, layers.Dense(5, activation="softmax")]
    )


def train(model, data, learning_rate, epochs):
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(*data, batch_size=16, epochs=epochs, verbose=0)


arguments = example_data.parse()
all_train, all_test = example_data.load_mnist(arguments)
keras.utils.set_random_seed(arguments.seed)
low = five_digits(*all_train, 0, 500 if arguments.quick else 10000)
few = five_digits(*all_train, 5, 100)
high = five_digits(*all_test, 5, 10000)
epochs = 1 if arguments.quick else 10


def accuracy(model):
    return 100 * model.evaluate(*high, verbose=0, return_dict=True)["accuracy"]


start = time.perf_counter()
fresh = with_head(make_base())
train(fresh, few, 1e-3, 2 * epochs)
print(f"from nothing: {accuracy(fresh):.1f} %")

base = make_base()
train(with_head(base), low, 1e-3, 1 if arguments.quick else 3)
base.trainable = False
model = with_head(base)
train(model, few, 3e-3, epochs)
print(f"a new head on what knows 0 to 4: {accuracy(model):.1f} %")
base.trainable = True
train(model, few, 1e-3, epochs)
tuned = accuracy(model)
print(f"with all of it tuned: {tuned:.1f} %")
example_data.finish(tuned / 100, time.perf_counter() - start)
