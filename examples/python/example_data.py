"""What the examples share: their command line, their last line, and MNIST's digits."""
import argparse
import gzip
import pathlib
import sys

import numpy as np


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default="data")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def find(arguments, name):
    path = arguments.data / name
    if not path.exists():
        print(f"{path} is not there: give the folder with the data as --data DIR")
        sys.exit(77)
    return path


def finish(figure, seconds):
    print(f"figure {figure:.4f} seconds {seconds:.2f}")


def load_mnist(arguments, train_count=8000):
    def read(name, header):
        with gzip.open(find(arguments, f"mnist10k/{name}.gz")) as file:
            return np.frombuffer(file.read()[header:], np.uint8)

    x = read("t10k-images-idx3-ubyte", 16).reshape(10000, 28, 28, 1).astype("float32") / 255
    y = read("t10k-labels-idx1-ubyte", 8).astype("int32")
    return (x[:train_count], y[:train_count]), (x[8000:], y[8000:])
