#!/usr/bin/env bash
# Trains and predicts on the machine as it is, then beside one busy process a core, and prints the
# share that is left: half of the idle rate would be fair.
#   benchmarks/busy.sh [WORKLOAD…]
#   KERAS_BENCH_PYTHON   also measures Keras on JAX with this Python.
set -euo pipefail
cd "$(dirname "$0")/.."
workloads=("${@:-mlp}")
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target train_models >/dev/null
competitors=()
stop_competitors() {
  if [ "${#competitors[@]}" -gt 0 ]; then kill "${competitors[@]}" 2>/dev/null || true; fi
  competitors=()
}
trap stop_competitors EXIT

# rates WORKLOAD: who, training and prediction rates
rates() {
  build/release/bin/train_models "$1" --seconds 4 | sed 's/^/ours /'
  if [ -n "${KERAS_BENCH_PYTHON:-}" ]; then
    KERAS_BACKEND=jax "$KERAS_BENCH_PYTHON" benchmarks/keras_models.py "$1" --seconds 4 2>/dev/null |
      tail -n 1 | sed 's/^/keras /'
  fi
}

for workload in "${workloads[@]}"; do
  echo "idle, $workload"
  rates "$workload"
  for _ in $(seq "$(nproc)"); do
    sh -c 'while :; do :; done' &
    competitors+=($!)
  done
  echo "one busy process a core, $workload"
  rates "$workload"
  stop_competitors
done
