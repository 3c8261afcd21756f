"""Images a second that Keras's ImageDataGenerator changes at random, as image_generator.cpp does."""

import argparse
import time

import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator


def rate(shape, seconds):
    generator = ImageDataGenerator(
        rotation_range=20, width_shift_range=0.1, height_shift_range=0.1, shear_range=10,
        zoom_range=0.2, horizontal_flip=True, rescale=1 / 255)
    x = (np.random.RandomState(1).rand(*shape) * 255).astype("float32")
    batches = generator.flow(x, batch_size=32, seed=1)
    next(batches)
    images = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        images += len(next(batches))
    return images / (time.perf_counter() - start)


parser = argparse.ArgumentParser()
parser.add_argument("--seconds", type=float, default=3)
seconds = parser.parse_args().seconds
print(f"28x28x1 {rate((1024, 28, 28, 1), seconds):.0f} images/s")
print(f"224x224x3 {rate((64, 224, 224, 3), seconds):.1f} images/s")
