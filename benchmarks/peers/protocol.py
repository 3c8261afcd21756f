"""How a peer takes part in the contest: the same lines in and out as ../measure.cpp.

A peer is an object with `parameters()`, `first_step()`, `fit()`, `predict()` and `predict_single()`;
`fit` and `first_step` return the loss. One that only predicts has None for `fit`.
"""

import json
import os
import sys
import time

import numpy as np


def durations(seconds, at_least, work):
    times = []
    while len(times) < at_least or sum(times) < seconds:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)


def peak_megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


class Server:
    def __init__(self, workload, peer, answers):
        if peer.parameters() != workload.parameters:
            raise ValueError(
                f"{workload.name} has {peer.parameters()} parameters here, "
                f"{workload.parameters} in the table"
            )
        self.peer, self.answers = peer, answers
        self.count = workload.batch * workload.batches
        self.loss = float("nan")

    def answer(self, **figures):
        print(json.dumps(figures), file=self.answers, flush=True)

    def rate(self, times):
        self.answer(
            rate=self.count / times[0],
            median_rate=self.count / times[len(times) // 2],
            passes=len(times),
            loss=self.loss,
            peak_mb=peak_megabytes(),
        )

    def train(self, seconds):
        def fit():
            self.loss = self.peer.fit()

        self.rate(durations(seconds, 1, fit))

    def predict(self, seconds):
        self.peer.predict()
        self.rate(durations(seconds, 1, self.peer.predict))

    def latency(self, seconds):
        for _ in range(10):
            self.peer.predict_single()
        times = durations(seconds, 20, self.peer.predict_single)
        p50, p99 = np.quantile(times, [0.5, 0.99]) * 1e6
        self.answer(p50_us=p50, p99_us=p99, runs=len(times))

    def run(self):
        start = time.perf_counter()
        if self.peer.fit:
            self.loss = self.peer.first_step()
        self.answer(
            parameters=self.peer.parameters(),
            first_step_s=time.perf_counter() - start,
            loss=self.loss,
        )
        for line in sys.stdin:
            command, seconds = line.split()
            getattr(self, command)(float(seconds))


def serve(workload, make_peer):
    """Libraries talk on standard output; answers alone go where it led."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    Server(workload, make_peer(), answers).run()
