"""Which pixels belong to handwriting: a U-Net; see segmentation.cpp."""
import time

import keras
import numpy as np
from keras import layers

import example_data

SIZE = 48


def textured_ground(count, random):
    row = np.arange(SIZE).reshape(1, SIZE, 1, 1)
    column = row.reshape(1, 1, SIZE, 1)
    ground = 0.35 + 0.06 * random.normal(size=(count, SIZE, SIZE, 1))
    for _ in range(2):
        def draw(low, high):
            return random.uniform(low, high, (count, 1, 1, 1))

        phase = draw(0, 2 * np.pi)
        wave = np.sin(draw(-0.8, 0.8) * row + draw(-0.8, 0.8) * column + phase)
        ground = ground + draw(0.05, 0.2) * wave
    return ground


def lay_out(digits, random):
    count, room = len(digits), SIZE - 28 + 1
    places = random.integers(0, room, (count, 4))
    ink = np.zeros((count, SIZE, SIZE, 1))
    for i, (a, b, c, d) in enumerate(places):
        ink[i, a : a + 28, b : b + 28] = digits[i]
        second = ink[i, c : c + 28, d : d + 28]
        np.maximum(second, digits[(i + 1) % count], out=second)
    strength = random.uniform(0.3, 0.6, (count, 1, 1, 1))
    x = np.clip(textured_ground(count, random) + strength * ink, 0, 1)
    return x.astype("float32"), (ink > 0.5).astype("float32")


def two_convolutions(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return x


def make_u_net():
    picture = keras.Input((SIZE, SIZE, 1))
    fine = two_convolutions(picture, 12)
    middle = two_convolutions(layers.MaxPooling2D(2)(fine), 24)
    x = two_convolutions(layers.MaxPooling2D(2)(middle), 48)
    x = layers.Conv2DTranspose(24, 2, strides=2)(x)
    x = two_convolutions(layers.Concatenate()([middle, x]), 24)
    x = layers.Conv2DTranspose(12, 2, strides=2)(x)
    x = two_convolutions(layers.Concatenate()([fine, x]), 12)
    return keras.Model(picture, layers.Conv2D(1, 1, activation="sigmoid")(x))


arguments = example_data.parse()
(digits, _), (more_digits, _) = example_data.load_mnist(
    arguments, 200 if arguments.quick else 2500
)
keras.utils.set_random_seed(arguments.seed)
random = np.random.default_rng(arguments.seed)
train_x, train_y = lay_out(digits, random)
test_x, test_y = lay_out(more_digits[: 100 if arguments.quick else 1000], random)

model = make_u_net()
epochs = 1 if arguments.quick else 6
rate = keras.optimizers.schedules.CosineDecay(5e-3, epochs * len(train_x) // 32)
model.compile(
    optimizer=keras.optimizers.Adam(rate),
    loss="binary_crossentropy",
    metrics=[keras.metrics.BinaryIoU(name="mean_iou")],
)
start = time.perf_counter()
model.fit(train_x, train_y, batch_size=32, epochs=epochs, verbose=2)
seconds = time.perf_counter() - start
mean_iou = model.evaluate(test_x, test_y, verbose=0, return_dict=True)["mean_iou"]
print(f"mean IoU of writing and ground: {mean_iou:.3f}")
example_data.finish(mean_iou, seconds)
