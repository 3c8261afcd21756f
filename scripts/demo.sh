#!/usr/bin/env bash
# Installs what is missing, builds the release and trains, saves, loads and tries the digits model.
# Arguments go to the program. Its files land in build/demo.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target digits
mkdir -p build/demo
cd build/demo
../release/bin/digits "$@"
