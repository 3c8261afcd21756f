#!/usr/bin/env bash
# No weak symbol in the files that are compiled for one instruction set: the linker keeps one copy of
# a weak function for the whole program, which may be the one that an older processor cannot run. What
# clang's sanitizer keeps of functions' types is data.
#   tools/check_simd_symbols.sh LIBRARY.a
set -euo pipefail
weak="$(nm -A -C "$1" | grep -E '_(baseline|avx2|avx512)\.cpp\.o: *[0-9a-f]* [WVu] ' |
  grep -v ' V typeinfo ' || true)"
[ -z "$weak" ] || { echo "weak symbols in SIMD targets:"; echo "$weak"; exit 1; }
count="$(nm -A "$1" | grep -cE '_avx512\.cpp\.o:.* [DR] ' || true)"
echo "simd symbols: ok ($count tables for AVX-512)"
