"""Start to first prediction, and what a predicting program needs on disk."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import report

KERAS = (
    "import keras, numpy, sys; model = keras.models.load_model(sys.argv[1]);"
    "model.predict(numpy.zeros((1, 28, 28, 1), 'float32'), verbose=0)"
)
# The C library's own parts, which every program has.
LIBC = re.compile(r"(linux-vdso|ld-linux|libc|libm|libpthread|libdl|librt)[.-]")


def seconds_of(command, environment):
    start = time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    )
    return time.perf_counter() - start if done.returncode == 0 else None


def first_predictions(program, model, rounds):
    """Seconds of whole processes that load the convnet and predict once, interleaved."""
    commands = {"ours": ([program, model], {})}
    for backend in ("jax", "tensorflow", "torch"):
        command = [sys.executable, "-c", KERAS, model]
        commands[f"keras-{backend}"] = (command, {"KERAS_BACKEND": backend})
    times = {}
    for _ in range(rounds + 1):  # the first one only warms the disk's cache
        for name, (command, environment) in commands.items():
            times.setdefault(name, []).append(seconds_of(command, environment))
    return {
        name: report.summary(got[1:])["median"] for name, got in times.items() if None not in got
    }


def stripped_megabytes(program):
    """The program and the shared libraries that it loads, libc aside."""
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    libraries = re.findall(r"=> (/\S+)", listed)
    files = [program, *(f for f in libraries if not LIBC.match(pathlib.Path(f).name))]
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            copy = shutil.copy(os.path.realpath(file), folder)
            subprocess.run(["strip", copy], check=True)
            total += os.path.getsize(copy)
    return total / 1e6


def measure(ours, rounds):
    program = str(pathlib.Path(ours).with_name("first_prediction"))
    with tempfile.TemporaryDirectory() as folder:
        model = str(pathlib.Path(folder) / "cnn.keras")
        subprocess.run([ours, "cnn", "--save", model], check=True)
        starts = first_predictions(program, model, rounds)
    return {
        "start to first prediction, ms": {name: round(1e3 * s, 1) for name, s in starts.items()},
        "stripped size of a predicting program, MB": round(stripped_megabytes(program), 1),
    }
