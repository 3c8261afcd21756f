"""Checks every #include "keras/..." against the arrows in tools/layering.txt."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"keras/([^"]+)"')


def read_rows(path):
    rows = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, colon, targets = line.partition(":")
        if not colon:
            sys.exit(f"{path}:{number}: a row is `folder: folders`")
        rows[name.strip()] = targets.split()
    return rows


def covers(path, file):
    return file == path or file.startswith(path + "/") or file.startswith(path + ".")


def row_of(rows, file):
    fitting = [name for name in rows if covers(name, file)]
    return max(fitting, key=len, default=None)


def reach(rows, name):
    """All that `name` may include: itself and what its arrows lead to."""
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        waiting += rows.get(current, [])
    return seen


def problems_of(rows, file, inside):
    name = row_of(rows, inside)
    if name is None:
        yield f"{file}: no row in tools/layering.txt covers it"
        return
    allowed = reach(rows, name)
    for number, line in enumerate((ROOT / file).read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match and not any(covers(path, match[1]) for path in allowed):
            yield f"{file}:{number}: {name} may not include keras/{match[1]}"


def sources():
    for top in ("keras", "cli"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix not in (".h", ".cpp", ".inc") or "testing" in file.parts:
                continue
            if not file.stem.endswith("_test"):
                yield file.relative_to(ROOT)


def main():
    rows = read_rows(ROOT / "tools/layering.txt")
    problems = []
    for file in sources():
        inside = file.as_posix().removeprefix("keras/")
        problems += problems_of(rows, file, inside)
    print("\n".join(problems) if problems else "layering: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
