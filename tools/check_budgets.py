"""Checks that files and functions stay short. With --stats it prints figures for each folder."""

import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("keras", "cli", "examples", "benchmarks", "tests")
FILE_LIMIT = 800
FUNCTION_LIMIT = 80
# Strings, characters, comments and directives, blanked so that their braces do not count.
BLANKED = re.compile(
    r'^[ \t]*#[^\n]*|//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL | re.MULTILINE,
)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
TABLES = "tools/long_files.txt"


def blank(text):
    return BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def kind_of_block(head, outer):
    """What a `{` opens, from the text before it: a scope, a function, or anything else."""
    if outer not in ("", "scope"):
        return "inner"
    head = re.sub(r"^\s*template\s*<[^{]*?>\s*(?=(class|struct|union)\b)", "", head)
    signature = head.split("(")[0]
    if "(" not in head or (SCOPE.search(signature) and "operator" not in signature):
        return "scope" if SCOPE.search(signature) else "table"
    return "table" if "=" in re.sub(r"operator\s*\S+", "", signature) else "function"


def functions_of(text):
    """(first line, number of lines) of each function body."""
    text = blank(text)
    stack, head_start, line = [], 0, 1
    for position, character in enumerate(text):
        if character == "\n":
            line += 1
        elif character == "{":
            outer = stack[-1][0] if stack else ""
            stack.append((kind_of_block(text[head_start:position], outer), line))
            head_start = position + 1
        elif character == "}" and stack:
            kind, first = stack.pop()
            if kind == "function":
                yield first, line - first + 1
            head_start = position + 1
        elif character == ";":
            head_start = position + 1


def sources():
    for top in FOLDERS:
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in (".h", ".cpp"):
                yield file


def long_on_purpose():
    lines = (ROOT / TABLES).read_text().splitlines()
    return {line.split("#")[0].strip() for line in lines}


def print_stats(file_lines, function_lines):
    for folder in sorted(file_lines):
        files, functions = file_lines[folder], function_lines[folder] or [0]
        print(
            f"{folder:28} {len(files):4} files {sum(files):7} lines, median {statistics.median(files):5.0f}, "
            f"largest {max(files):4}; functions: median {statistics.median(functions):3.0f}, "
            f"longest {max(functions):3}"
        )


def main(arguments):
    exempt = long_on_purpose()
    problems, file_lines, function_lines = [], {}, {}
    for file in sources():
        name = file.relative_to(ROOT).as_posix()
        folder = "/".join(name.split("/")[:-1][:2])
        text = file.read_text()
        count = text.count("\n")
        functions = list(functions_of(text))
        file_lines.setdefault(folder, []).append(count)
        function_lines.setdefault(folder, []).extend(lines for _, lines in functions)
        if name in exempt:
            continue
        if count > FILE_LIMIT:
            problems.append(f"{name}: {count} lines, more than {FILE_LIMIT}")
        for first, lines in functions:
            if lines > FUNCTION_LIMIT:
                problems.append(f"{name}:{first}: a function of {lines} lines, more than {FUNCTION_LIMIT}")
    if "--stats" in arguments:
        print_stats(file_lines, function_lines)
    print("\n".join(problems) if problems else "budgets: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
