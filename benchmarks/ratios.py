"""Reads "ours {json}" and "keras {json}" lines and prints medians and ratios."""

import collections
import json
import statistics
import sys

figures = collections.defaultdict(list)
for line in sys.stdin:
    who, _, text = line.partition(" ")
    result = json.loads(text)
    for what, figure in result.items():
        if what != "workload":
            figures[result["workload"], what, who].append(figure)

print("medians: train and predict in samples/s, a prediction of one sample in µs;")
print("a ratio above 1 means that we are faster")
print(f"{'workload':12} {'':8} {'ours':>10} {'Keras':>10} {'ratio':>6}")
for workload, what in dict.fromkeys((key[0], key[1]) for key in figures):
    ours = statistics.median(figures[workload, what, "ours"])
    peer = statistics.median(figures[workload, what, "keras"])
    ratio = peer / ours if what.endswith("_us") else ours / peer
    print(f"{workload:12} {what:8} {ours:10.0f} {peer:10.0f} {ratio:6.2f}")
