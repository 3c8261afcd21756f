#!/usr/bin/env bash
# Gets a fresh Debian 12 or 13 or Ubuntu 22.04 or 24.04 ready to build. What is there is left as it
# is, so a second run installs nothing and asks for no network. The other scripts source this file
# for the PATH and the compiler that it settles on.
#   bash scripts/setup.sh          # what the demo and the tests need
#   KERAS_SETUP_LINT=1 …           # and the clang-format and git that tools/check asks for
#   KERAS_TEST_ASAN=1 …            # and the clang of the sanitizers and fuzzers (also with CI=true)
set -euo pipefail
project="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

at_least() {  # at_least 3.25 3.31.6
  [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

candidate_version() {  # what apt would install, or nothing
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9][^ ]*\)$/\1/p'
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "setup: this needs root or sudo: $*" >&2
    return 1
  fi
}

missing_packages() {
  local package
  for package in "$@"; do
    is_installed "$package" || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} = 0 ]; then return; fi
  echo "setup: installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# oneDNN is version 3 from Debian 13 on. Elsewhere CMake gets a wheel; what one build has, it keeps.
install_onednn() {
  if compgen -G "$project/build/_deps/onednn-*/done" >/dev/null; then return; fi
  if at_least 3.2 "$(candidate_version libdnnl-dev)"; then install_packages libdnnl-dev; fi
}

# Ubuntu 22.04's g++ is 11; its g++-12 is what the project is tested with.
choose_compiler() {
  if [ -n "${CXX:-}" ] || at_least 12 "$(g++ -dumpversion)"; then return; fi
  if ! command -v g++-12 >/dev/null; then
    install_packages g++-12
  fi
  export CXX=g++-12
}

cmake_version() {
  cmake --version 2>/dev/null | sed -n 's/^cmake version //p'
}

# Where the distribution's CMake is too old (Ubuntu 22.04), PyPI's goes into a folder under build/.
choose_cmake() {
  local tools="$project/build/tools"
  if [ -x "$tools/bin/cmake" ]; then export PATH="$tools/bin:$PATH"; fi
  if at_least 3.25 "$(cmake_version)"; then return; fi
  echo "setup: installing CMake into build/tools"
  python3 -m venv "$tools"
  "$tools/bin/python" -m pip install --quiet --disable-pip-version-check 'cmake>=3.25,<4'
  export PATH="$tools/bin:$PATH"
}

can_fuzz() {
  echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    clang++ -fsanitize=address,undefined,fuzzer -x c++ -o /dev/null - 2>/dev/null
}

# Its runtime is a package of its own, named after the version, but on Ubuntu 22.04.
install_clang() {
  if can_fuzz; then return; fi
  install_packages clang
  local runtime
  runtime="libclang-rt-$(clang++ -dumpversion | cut -d . -f 1)-dev"
  if [ -n "$(candidate_version "$runtime")" ]; then install_packages "$runtime"; fi
}

# clang-format lays code out differently from version to version, so all use one.
choose_clang_format() {
  local wanted=14.0.6 folder="$project/build/lint"
  if [ -x "$folder/bin/clang-format" ]; then export PATH="$folder/bin:$PATH"; fi
  case "$(clang-format --version 2>/dev/null)" in *"$wanted"*) return ;; esac
  echo "setup: installing clang-format $wanted into build/lint"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "clang-format==$wanted"
  export PATH="$folder/bin:$PATH"
}

if command -v apt-get >/dev/null; then
  install_packages g++ cmake ninja-build libzip-dev zlib1g-dev libpng-dev libjpeg-dev \
    nlohmann-json3-dev libcli11-dev libgtest-dev python3 python3-venv gnuplot-nox ca-certificates
  install_onednn
else
  echo "setup: no apt-get here; taking compiler, CMake, Ninja and libraries as they are" >&2
fi
choose_compiler
choose_cmake
if [ -n "${KERAS_SETUP_LINT:-}" ]; then
  if ! command -v git >/dev/null && command -v apt-get >/dev/null; then install_packages git; fi
  choose_clang_format
fi
if [ -n "${KERAS_TEST_ASAN:-}" ] || [ "${CI:-}" = true ]; then
  if command -v apt-get >/dev/null; then install_clang; fi
fi
