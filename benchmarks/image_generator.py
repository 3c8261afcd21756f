"""Images a second that ImageDataGenerator changes at random, ours and Keras's in turn.

    image_generator.py [--ours build/release/bin/image_generator] [--rounds N] [--seconds S]
                       [--threads 1,2]

A table: the median of the rounds, ours for each number of threads; Keras's has one. Then what the
training of a small convnet loses by taking its images from our generator.
"""

import argparse
import os
import statistics
import subprocess
import time

os.environ.setdefault("KERAS_BACKEND", "numpy")  # the generator computes with NumPy and SciPy
import numpy as np  # noqa: E402
from keras.src.legacy.preprocessing.image import ImageDataGenerator  # noqa: E402

SHAPES = {"28x28x1": (1024, 28, 28, 1), "224x224x3": (64, 224, 224, 3)}
ASKED = {"28x28x1": 20, "224x224x3": 8}


def keras_rate(shape, seconds):
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


def our_rates(program, threads, seconds):
    said = subprocess.run([program, "--seconds", str(seconds)], check=True, text=True,
                          stdout=subprocess.PIPE,
                          env={**os.environ, "KERAS_NUM_THREADS": str(threads)}).stdout
    return {line.split()[0]: float(line.split()[1]) for line in said.splitlines()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", default="build/release/bin/image_generator")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", default="1,2")
    args = parser.parse_args()
    threads = [int(n) for n in args.threads.split(",")]
    theirs = {name: [] for name in SHAPES}
    ours = {n: {} for n in threads}
    for _ in range(args.rounds):
        for name, shape in SHAPES.items():
            theirs[name].append(keras_rate(shape, args.seconds))
        for n in threads:
            for name, rate in our_rates(args.ours, n, args.seconds).items():
                ours[n].setdefault(name, []).append(rate)
    median = statistics.median
    print("| images a second | Keras |" + "".join(
        f" ours, threads: {n} | ratio |" for n in threads) + " asked |")
    print("| --- |" + " ---: |" * (2 + 2 * len(threads)))
    for name in SHAPES:
        keras = median(theirs[name])
        cells = "".join(f" {median(ours[n][name]):,.0f} | {median(ours[n][name]) / keras:.1f} |"
                        for n in threads)
        print(f"| {name} | {keras:,.0f} |{cells} {ASKED[name]} |")
    for n in threads:
        plain, fed = (median(ours[n][key]) for key in ("training", "training_from_generator"))
        print(f"\nA convnet of 28x28 pixels on {n} thread(s) trains on {plain:,.0f} images a second as "
              f"they lie in memory, on {fed:,.0f} from the generator ({fed / plain:.2f}).")


if __name__ == "__main__":
    main()
