"""The data of the bench, bit for bit those of ../workloads.cpp."""

import dataclasses
import json
import math

import numpy as np

CLASSES = 10


@dataclasses.dataclass
class Workload:
    """A line of `measure --list`."""

    name: str
    batch: int
    batches: int
    shape: list
    vocabulary: int
    parameters: int

    @classmethod
    def parse(cls, line):
        return cls(**json.loads(line))


def scramble(x):
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def make_examples(workload, count):
    features = math.prod(workload.shape)
    labels = np.arange(count, dtype=np.int32) % CLASSES
    noise = scramble(np.arange(count * features, dtype=np.uint32)).reshape(count, features)
    if workload.vocabulary:
        groups = workload.vocabulary // CLASSES
        x = (noise % np.uint32(groups)).astype(np.int32) * CLASSES + labels[:, None]
    else:
        x = noise.astype(np.float32) * np.float32(2.0**-31) - np.float32(1)
        x += np.arange(features) % CLASSES == labels[:, None]
    return x.reshape(count, *workload.shape), labels
