#!/usr/bin/env bash
# Trains and predicts with this library and with Keras in Python, in turn, and prints the ratios.
#   benchmarks/compare.sh [ROUNDS] [WORKLOAD…]        all workloads when none is named
#   KERAS_BENCH_PYTHON   a Python with keras, jax and tensorflow; made under build/ when unset.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds="${1:-3}"
workloads="${*:2}"
python="${KERAS_BENCH_PYTHON:-}"
if [ -z "$python" ]; then
  python=build/bench-venv/bin/python
  if [ ! -x "$python" ]; then
    python3 -m venv build/bench-venv
    build/bench-venv/bin/pip install --quiet keras jax tensorflow-cpu
  fi
fi
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target train_models >/dev/null
results=$(mktemp)
trap 'rm -f "$results"' EXIT
# Each with the backend that is Keras's fastest there.
pairs="mlp:jax cnn:tensorflow lstm:tensorflow transformer:jax resnet50:tensorflow mobilenetv2:tensorflow"
run_both() {  # WORKLOAD BACKEND ARGUMENTS…
  build/release/bin/train_models "$1" "${@:3}" | sed 's/^/ours /' >>"$results"
  KERAS_BACKEND=$2 TF_CPP_MIN_LOG_LEVEL=3 \
    "$python" benchmarks/keras_models.py "$1" "${@:3}" 2>/dev/null |
    tail -n 1 | sed 's/^/keras /' >>"$results"
}
for round in $(seq "$rounds"); do
  for pair in $pairs; do
    workload=${pair%%:*}
    case " ${workloads:-$workload} " in *" $workload "*) ;; *) continue ;; esac
    run_both "$workload" "${pair##*:}" --seconds 3
    run_both "$workload" jax --seconds 2 --latency
  done
done
"$python" benchmarks/ratios.py <"$results"
