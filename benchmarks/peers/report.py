"""What the figures of a contest say: medians, ratios to the best peer, tables."""

import statistics

COLUMNS = (
    "ours", "keras-jax", "keras-tensorflow", "keras-torch", "torch", "torch.compile", "onnxruntime",
)  # fmt: skip


def summary(values):
    median = statistics.median(values)
    return {
        "median": median,
        "min": min(values),
        "max": max(values),
        "spread": (max(values) - min(values)) / median,
        "n": len(values),
    }


def races(figures):
    """(workload, policy, mode) to the figures of the contestants by name."""
    groups = {}
    for figure in figures:
        key = (figure["workload"], figure["policy"], figure["mode"])
        groups.setdefault(key, {})[figure["contestant"]] = figure
    return groups


def ratios(figures):
    """How many times faster ours is than the best peer, for each workload and mode."""
    rows = []
    for (workload, policy, mode), by_name in races(figures).items():
        peers = {name: f["median"] for name, f in by_name.items() if name != "ours"}
        if "ours" not in by_name or not peers:
            continue
        ours = by_name["ours"]["median"]
        timed = mode.startswith("latency")
        best = (min if timed else max)(peers, key=peers.get)
        ratio = peers[best] / ours if timed else ours / peers[best]
        row = {"workload": workload, "policy": policy, "mode": mode}
        rows.append(row | {"ours": ours, "best_peer": best, "peer": peers[best], "ratio": ratio})
    return rows


def label(row):
    bf16 = ", bfloat16" if row["policy"] == "mixed_bfloat16" else ""
    return f"{row['workload']}{bf16}, {row['mode']}"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def line(cells):
    return "| " + " | ".join(cells) + " |"


def rates_table(result):
    ratio_of = {label(row): row["ratio"] for row in result["ratios"]}
    lines = [line(["", *COLUMNS, "ratio"]), line(["---"] + ["---:"] * (len(COLUMNS) + 1))]
    for (workload, policy, mode), by_name in races(result["figures"]).items():
        name = label({"workload": workload, "policy": policy, "mode": mode})
        cells = [name]
        for column in COLUMNS:
            figure = by_name.get(column)
            cells.append(number(figure["median"]) if figure else "")
        lines.append(line([*cells, f"{ratio_of[name]:.2f}" if name in ratio_of else ""]))
    return lines


def training_table(figures, field, policy="float32"):
    """A figure that comes with training, such as the memory."""
    lines = []
    for (workload, of_policy, mode), by_name in races(figures).items():
        if mode == "train" and of_policy == policy:
            cells = [number(by_name[c][field]) if c in by_name else "" for c in COLUMNS[:-1]]
            lines.append(line([workload, *cells]))
    return [line(["", *COLUMNS[:-1]]), line(["---"] + ["---:"] * (len(COLUMNS) - 1)), *lines]


def best_tables(rows):
    """Ours beside the best peer alone: training and prediction, then the latency."""
    by_key = {(row["workload"], row["policy"], row["mode"]): row for row in rows}
    keys = dict.fromkeys((row["workload"], row["policy"]) for row in rows)
    tables = []
    for modes, unit in ((("train", "predict"), "samples/s"), (("latency",), "µs, one sample")):
        heads = [f"{mode}, {unit}" for mode in modes]
        lines = []
        for key in keys:
            cells = [c for mode in modes for c in best_cells(by_key.get((*key, mode)))]
            if any(cells):
                bf16 = " bfloat16" if key[1] == "mixed_bfloat16" else ""
                lines.append(line([key[0] + bf16, *cells]))
        if lines:
            columns = [c for head in heads for c in (head, "best peer", "ratio")]
            tables += [line(["", *columns]), line(["---"] + ["---:"] * len(columns)), *lines, ""]
    return tables


def best_cells(row):
    if not row:
        return ["", "", ""]
    peer = f"{number(row['peer'])} ({row['best_peer']})"
    return [number(row["ours"]), peer, f"{row['ratio']:.2f}"]


def share_lines(figures):
    """Beside a busy process a core: of the idle rate, half is fair."""
    ours = {
        (f["workload"], f["policy"], f["mode"]): f["median"]
        for f in figures
        if f["contestant"] == "ours" and not f["mode"].startswith("latency")
    }
    said = []
    for (workload, policy, mode), rate in ours.items():
        if mode.endswith(" busy"):
            fair = ours[workload, policy, mode.removesuffix(" busy")] / 2
            row = {"workload": workload, "policy": policy, "mode": mode}
            said.append(f"{label(row)} {rate / fair:.2f}")
    return ["", "Share of the fair share, ours: " + ", ".join(said)] if said else []


def tail_lines(figures):
    """How far the slowest hundredth of ours is from the middle."""
    rows = [f for f in figures if f["mode"] == "latency" and f["contestant"] == "ours"]
    said = [f"{f['workload']} {f['p99'] / f['median']:.2f}" for f in rows]
    return ["", "p99 of the latency over its median, ours: " + ", ".join(said)] if said else []


def markdown(result):
    what = result["machine"]
    lines = [
        f"{what['cpu']}, {what['cores']} cores, {what['memory_gb']:.0f} GB; {result['date']}; "
        + ", ".join(f"{name} {version}" for name, version in what["versions"].items()),
        "",
        *best_tables(result["ratios"]),
        "Medians of the rounds; latency is a median of its own. The ratio is ours against the best peer,",
        "above 1 where ours is faster. All contestants, samples a second and µs:",
        "",
        *rates_table(result),
        *tail_lines(result["figures"]),
        *share_lines(result["figures"]),
        "",
        "First training step, compiling included, in seconds:",
        "",
        *training_table(result["figures"], "first_step_s"),
        "",
        "Most memory while training, in MB:",
        "",
        *training_table(result["figures"], "peak_mb"),
    ]
    if "extras" in result:
        starts = result["extras"]["start to first prediction, ms"]
        said = ", ".join(f"{name} {number(ms)}" for name, ms in starts.items())
        size = result["extras"]["stripped size of a predicting program, MB"]
        lines += ["", f"Start of a process to the first prediction of the saved convnet, ms: {said}."]
        lines += ["", f"A predicting program and its libraries, stripped, libc aside: {size} MB."]
    lines += ["", *(f"Left out: {name}: {why}" for name, why in result["missing"].items())]
    return "\n".join(lines).rstrip() + "\n"
