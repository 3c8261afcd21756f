#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests. The last line counts them.
#   CI=true                         makes warnings errors, and does as KERAS_TEST_ASAN=1.
#   KERAS_TEST_ASAN=1               runs the unit tests again under clang's address and undefined
#                                   behaviour sanitizers, and each fuzz target for half a minute.
#   KERAS_TEST_PYTHON=…             a Python with Keras and h5py to compare with; without it, one
#                                   is made under build/. Tests that need it skip when it fails.
#   KERAS_TEST_OLD_KERAS=1          makes Pythons with tf_keras and TensorFlow 2.15, too, whose files
#                                   are then tried as Keras's are.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
source scripts/real_keras.sh
if [ -n "${KERAS_TEST_OLD_KERAS:-}" ]; then source scripts/old_keras.sh; fi
results=build/test-results
rm -rf "$results"
mkdir -p "$results"
jobs="$(nproc)"
failed=0

# test_preset PRESET CTEST_ARGUMENTS…
test_preset() {
  local preset=$1
  shift
  cmake --build --preset "$preset"
  ctest --preset "$preset" --parallel "$jobs" --output-junit "$PWD/$results/$preset.xml" "$@" ||
    failed=1
}

strict=()
if [ "${CI:-}" = true ]; then strict=(-DKERAS_WERROR=ON); fi
cmake --preset release --log-level=WARNING "${strict[@]}" >/dev/null
test_preset release
if [ -n "${KERAS_TEST_ASAN:-}" ] || [ "${CI:-}" = true ]; then
  cmake --preset asan --log-level=WARNING -DKERAS_BUILD_PROGRAMS=OFF >/dev/null
  KERAS_TEST_PYTHON=false test_preset asan --label-regex '^(unit|fuzz)$'
fi
python3 scripts/count_tests.py "$results"/*.xml || failed=1
exit "$failed"
