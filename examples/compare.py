#!/usr/bin/env python3
"""Runs each example in C++ and in Keras, in turns and with several seeds, and prints a table.

  examples/compare.py --data DIR --python PYTHON [--bin build/release/bin] [--seeds 1,2,3]
                      [--backends tensorflow,jax] [--json FILE] [--quick] [EXAMPLE …]

PYTHON has Keras and the backends. With the first seed Keras runs on all of them; the others run on
the one that was faster. Figures are means with their range. Seconds of training are those of the
fastest run, which other programs disturbed least; beside them those that the whole process kept
cores busy.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TENSORFLOW_ONLY = {"text_sentiment", "tabular"}  # strings in tensors


def run(command, environment, folder):
    """What one run's last line says, its seconds, and those of the cores that it used."""
    before = time.monotonic()
    with open(pathlib.Path(folder) / "log", "w+") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, cwd=folder, env=environment
        )
        usage = os.wait4(process.pid, 0)[2]
        log.seek(0)
        lines = log.read().splitlines()
    for line in reversed(lines):
        words = line.split()
        if len(words) == 4 and words[0] == "figure" and words[2] == "seconds":
            break
    else:
        sys.exit("\n".join([*lines[-20:], f"{' '.join(command)} ended without its figure"]))
    return {
        "figure": float(words[1]),
        "training": float(words[3]),
        "process": time.monotonic() - before,
        "cores": usage.ru_utime + usage.ru_stime,
    }


def compare(name, options, folder):
    flags = ["--data", str(options.data.resolve())] + ["--quick"] * options.quick
    backends = ["tensorflow"] if name in TENSORFLOW_ONLY else options.backends.split(",")
    ours, theirs = [], {backend: [] for backend in backends}
    for seed in options.seeds.split(","):
        arguments = [*flags, "--seed", seed]
        ours.append(run([str((options.bin / name).resolve()), *arguments], None, folder))
        for backend in backends:
            environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [options.python, str(HERE / "python" / f"{name}.py"), *arguments]
            theirs[backend].append(run(command, environment, folder))
        backends = [min(backends, key=lambda backend: theirs[backend][0]["training"])]
    return {"keras.cpp": ours, "backend": backends[0], "keras": theirs[backends[0]]}


def row(name, result):
    def figures(runs):
        values = [each["figure"] for each in runs]
        mean = sum(values) / len(values)
        return f"{mean:.4f} ({min(values):.4f} to {max(values):.4f})"

    def seconds(runs):
        return " / ".join(f"{min(each[key] for each in runs):.1f}" for key in ("training", "cores"))

    ours, theirs = result["keras.cpp"], result["keras"]
    backend = {"jax": "JAX", "tensorflow": "TensorFlow"}[result["backend"]]
    return (f"| {name} | {figures(ours)} | {figures(theirs)} | {seconds(ours)} "
            f"| {seconds(theirs)} ({backend}) |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--bin", type=pathlib.Path, default=HERE.parent / "build/release/bin")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--backends", default="tensorflow,jax")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("examples", nargs="*")
    options = parser.parse_args()
    names = options.examples or sorted(
        path.stem for path in (HERE / "python").glob("*.py") if path.stem != "example_data"
    )
    print("| example | keras.cpp | Keras | seconds, keras.cpp | seconds, Keras |")
    print("| --- | --- | --- | --- | --- |")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            results[name] = compare(name, options, folder)
            print(row(name, results[name]), flush=True)
            if options.json:
                options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
