"""Writes keras/datasets/digits_data.cpp from scikit-learn's copy of the UCI optical digits.

    pip install scikit-learn && python3 tools/make_digits.py
"""

import gzip
import importlib.util
import pathlib

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "keras/datasets/digits_data.cpp"
HEAD = """// Made by tools/make_digits.py. The data's licence is in digits_license.md beside this file.
#include "keras/datasets/digits_data.h"

namespace keras::datasets::digits {

// clang-format off
const char kPictures[kPictureCount][66] = {
"""
TAIL = """};
// clang-format on

}  // namespace keras::datasets::digits
"""


def read_rows():
    package = pathlib.Path(importlib.util.find_spec("sklearn").origin).parent
    with gzip.open(package / "datasets/data/digits.csv.gz", "rt") as file:
        return [[int(float(field)) for field in line.split(",")] for line in file]


def as_text(row):
    *pixels, label = row
    return f"{label}{''.join(chr(ord('a') + pixel) for pixel in pixels)}"


def main():
    lines = [f'    "{as_text(row)}",\n' for row in read_rows()]
    OUTPUT.write_text(HEAD + "".join(lines) + TAIL)


if __name__ == "__main__":
    main()
