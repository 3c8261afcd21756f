"""Sources name the standard headers that they use, themselves or through the project's own.

The library is compiled with the most used ones included beforehand (KERAS_PCH), so that a compiler
would not notice. Only names that have one home are looked for. Tests are left out: GoogleTest brings
most of the standard library.
"""
import functools
import pathlib
import re
import subprocess
import sys

NAMES = {
    "algorithm": "all_of any_of none_of find_if find_if_not count_if sort stable_sort nth_element "
                 "partial_sort lower_bound upper_bound equal_range binary_search fill_n copy_n "
                 "copy_if transform rotate unique reverse max_element min_element minmax_element "
                 "clamp is_sorted adjacent_find next_permutation remove_if replace_if "
                 "lexicographical_compare set_difference set_intersection",
    "array": "array",
    "cmath": "sqrt exp expm1 log log1p log2 pow tanh sinh cosh erf erfc lgamma tgamma floor ceil "
             "trunc nearbyint rint lround llround isfinite isnan isinf signbit copysign hypot fmod "
             "fma ldexp frexp cbrt",
    "cstddef": "byte ptrdiff_t max_align_t",
    "cstdint": "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t",
    "functional": "function bind_front greater less plus minus multiplies hash reference_wrapper "
                  "ref cref",
    "map": "map multimap",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared enable_shared_from_this "
              "static_pointer_cast dynamic_pointer_cast",
    "optional": "optional nullopt make_optional",
    "span": "span",
    "string": "string to_string stoi stol stoll stod stof",
    "string_view": "string_view",
    "unordered_map": "unordered_map",
    "utility": "exchange make_pair index_sequence make_index_sequence",
    "variant": "variant visit monostate holds_alternative get_if",
    "vector": "vector",
}
# Names that other headers declare, too, or need themselves.
ALSO = {"hash": ["string", "memory", "optional", "variant", "vector"], "less": ["map", "set"],
        "string_view": ["string"]}
HOME = {name: header for header, names in NAMES.items() for name in names.split()}
USE = re.compile(r"\bstd::(?:ranges::)?(\w+)")
INCLUDE = re.compile(r'^\s*#include ([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|\"(?:\\.|[^\"\\\n])*\"")
ROOT = pathlib.Path(__file__).resolve().parent.parent


@functools.cache
def includes(path):
    """The standard headers and the project's own that `path` names."""
    text = (ROOT / path).read_text(errors="replace")
    found = INCLUDE.findall(text)
    own = [name for kind, name in found if kind == '"' and (ROOT / name).is_file()]
    return {name for kind, name in found if kind == "<"}, own


@functools.cache
def reachable(path):
    """The standard headers that `path` gets, the project's headers followed."""
    got, seen, to_do = set(), {path}, [path]
    while to_do:
        standard, own = includes(to_do.pop())
        got |= standard
        to_do += [name for name in own if name not in seen]
        seen.update(own)
    return got


def missing(path):
    text = COMMENT.sub("", (ROOT / path).read_text(errors="replace"))
    got = reachable(path)
    for name in sorted(set(USE.findall(text))):
        header = HOME.get(name)
        if header and not got & {header, *ALSO.get(name, [])}:
            yield name, header


def main():
    listing = subprocess.run(["git", "ls-files", "--", "keras/*.cpp", "keras/*.h"], cwd=ROOT,
                             capture_output=True, text=True, check=True)
    wrong = [f"{path}: std::{name} wants <{header}>" for path in listing.stdout.split()
             if not path.endswith(("-inl.h", "_test.cpp")) for name, header in missing(path)]
    print("\n".join(wrong) or "standard headers: ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
