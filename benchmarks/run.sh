#!/usr/bin/env bash
# Trains and predicts with this library and with its peers in turn: a table, build/bench/results.json
# and build/bench/chart.svg.
#   benchmarks/run.sh [WORKLOAD…] [--rounds N] [--seconds S] [--peers NAME…] [--out FOLDER]
#                     [--policies NAME…] [--busy] [--no-extras]
#   WORKLOAD             mlp, cnn, lstm, transformer, resnet50 or mobilenetv2; none measures no model
#   KERAS_BENCH_PYTHON   a Python that has the peers; made under build/ from PyPI when unset.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${KERAS_BENCH_PYTHON:-build/bench-venv/bin/python}"
if [ ! -x "$(command -v "$python")" ]; then
  python3 -m venv build/bench-venv
  # One by one: a peer that does not install is left out and named.
  for peer in numpy torch keras jax tensorflow-cpu "onnxruntime onnx"; do
    # shellcheck disable=SC2086
    "$python" -m pip install --quiet $peer || echo "$peer does not install: left out" >&2
  done
fi
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target measure first_prediction >/dev/null
# What compilers of the peers keep for the next run.
export JAX_COMPILATION_CACHE_DIR="$PWD/build/bench-cache/jax"
export TORCHINDUCTOR_CACHE_DIR="$PWD/build/bench-cache/torch"
exec "$python" benchmarks/peers/contest.py --ours build/release/bin/measure "$@"
