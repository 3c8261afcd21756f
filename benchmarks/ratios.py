"""Reads "ours {json}" and "keras {json}" lines and prints medians and ratios."""

import collections
import json
import statistics
import sys

rates = collections.defaultdict(list)
for line in sys.stdin:
    who, _, text = line.partition(" ")
    result = json.loads(text)
    for what in ("train", "predict"):
        rates[result["workload"], what, who].append(result[what])

print(f"{'workload':10} {'':8} {'ours':>10} {'Keras':>10} {'ratio':>6}   samples/s, medians")
for workload, what in dict.fromkeys((key[0], key[1]) for key in rates):
    ours = statistics.median(rates[workload, what, "ours"])
    peer = statistics.median(rates[workload, what, "keras"])
    print(f"{workload:10} {what:8} {ours:10.0f} {peer:10.0f} {ours / peer:6.2f}")
