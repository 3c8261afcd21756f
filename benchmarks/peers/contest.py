"""Runs ours and the peers in turn; prints a table, writes results.json and chart.svg.

Each contestant is a process that lives as long as its workload is measured; a round asks each of
them once, so that what the machine does meanwhile hits all alike.
"""

import argparse
import itertools
import json
import os
import pathlib
import select
import subprocess
import sys
import time

import chart
import extras
import machine
import report
from workloads import Workload

HERE = pathlib.Path(__file__).resolve().parent
# What a contestant may take to start: torch.compile builds a C++ library a model.
START_SECONDS = 900

ALL = ("mlp", "cnn", "lstm", "transformer", "resnet50", "mobilenetv2")
MIXED = ("resnet50", "lstm")
LATENCY = ("mlp", "cnn", "lstm", "mobilenetv2", "resnet50")


class Contestant:
    """A process that speaks the lines of protocol.py."""

    def __init__(self, name, command, environment):
        self.name = name
        self.log = open(f"/tmp/bench-{os.getpid()}-{name}.log", "w+")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        )
        self.start = self.read(START_SECONDS)

    def read(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.log.seek(0)
            reason = (self.log.read().strip().splitlines() or ["no answer"])[-1]
            self.close()
            raise RuntimeError(reason)
        return json.loads(line)

    def ask(self, command, seconds):
        self.process.stdin.write(f"{command} {seconds}\n")
        self.process.stdin.flush()
        return self.read(START_SECONDS)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
        os.unlink(self.log.name)


def contestants(workload, policy, ours):
    """Name, command, environment, and whether it trains."""
    facts, python = json.dumps(vars(workload)), sys.executable
    yield "ours", [ours, workload.name, "--policy", policy], {}, True
    for backend in ("jax", "tensorflow", "torch"):
        command = [python, HERE / "keras_peer.py", facts, policy]
        yield f"keras-{backend}", command, {"KERAS_BACKEND": backend}, True
    torch = [python, HERE / "torch_peer.py", facts, policy]
    yield "torch", torch, {}, True
    yield "torch.compile", [*torch, "compile"], {}, True
    if policy == "float32":
        yield "onnxruntime", [python, HERE / "onnx_peer.py", facts], {}, False


class Contest:
    def __init__(self, arguments):
        self.arguments = arguments
        self.missing = {}
        self.figures = []

    def enter(self, workload, policy):
        entered = []
        for name, command, environment, trains in contestants(
            workload, policy, self.arguments.ours
        ):
            if self.arguments.peers and name not in ("ours", *self.arguments.peers):
                continue
            try:
                entered.append((Contestant(name, command, environment), trains))
            except RuntimeError as error:
                self.missing[f"{name} {workload.name} {policy}"] = str(error)
                print(f"  {name} does not take part: {error}", file=sys.stderr)
        return entered

    def measure(self, workload, policy):
        modes = ["train", "predict"]
        if workload.name in LATENCY and policy == "float32":
            modes.append("latency")
        entered = self.enter(workload, policy)
        self.rounds(entered, modes, 1, 0)  # compiles
        answers = self.rounds(entered, modes, self.arguments.rounds, self.arguments.seconds)
        self.note_all(workload, policy, answers)
        if self.arguments.busy:
            with machine.competitors():
                rounds, seconds = self.arguments.rounds, self.arguments.seconds
                self.note_all(workload, policy, self.rounds(entered, modes, rounds, seconds), " busy")
        for contestant, _ in entered:
            contestant.close()

    def rounds(self, entered, modes, rounds, seconds):
        """The answers of each contestant in each mode."""
        answers = {}
        for _ in range(rounds):
            for (contestant, trains), mode in itertools.product(entered, modes):
                if mode == "train" and not trains:
                    continue
                answer = contestant.ask(mode, seconds / (1 if mode == "train" else 2))
                answers.setdefault((contestant, mode), []).append(answer)
                shown = report.number(answer.get("rate") or answer["p50_us"])
                print(f"  {contestant.name} {mode} {shown}", file=sys.stderr)
        return answers

    def note_all(self, workload, policy, answers, condition=""):
        for (contestant, mode), got in answers.items():
            self.note(workload, policy, contestant, mode, got, condition)

    def note(self, workload, policy, contestant, mode, answers, condition):
        unit = "p50_us" if mode == "latency" else "rate"
        figure = {
            "workload": workload.name,
            "policy": policy,
            "contestant": contestant.name,
            "mode": mode + condition,
            **report.summary([answer[unit] for answer in answers]),
        }
        if mode == "latency":
            figure["p99"] = report.summary([answer["p99_us"] for answer in answers])["median"]
        if mode == "train":
            figure["first_step_s"] = contestant.start["first_step_s"]
            figure["peak_mb"] = answers[0]["peak_mb"]
            figure["first_loss"] = contestant.start["loss"]
            figure["last_loss"] = answers[-1]["loss"]
            if not answers[-1]["loss"] < contestant.start["loss"]:
                raise SystemExit(f"{contestant.name}: the loss of {workload.name} does not fall")
        if contestant.start["parameters"] != workload.parameters:
            raise SystemExit(f"{contestant.name}: {workload.name} has other parameters")
        self.figures.append(figure)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="benchmarks/run.sh", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(ALL))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="for a training figure")
    parser.add_argument("--peers", nargs="+", help="only these")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/bench"))
    parser.add_argument("--busy", action="store_true", help="again beside a busy process a core")
    parser.add_argument("--no-extras", action="store_true", help="no start-up time and sizes")
    parser.add_argument("--ours", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = set(arguments.workloads) - set(ALL)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    return arguments


def main():
    arguments = parse_arguments()
    listed = subprocess.run([arguments.ours, "--list"], check=True, capture_output=True, text=True)
    table = {w.name: w for w in map(Workload.parse, listed.stdout.splitlines())}
    names = arguments.workloads or ALL
    runs = [(table[name], "float32") for name in names]
    runs += [(table[name], "mixed_bfloat16") for name in MIXED if name in names]
    contest = Contest(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    result = {"machine": machine.describe(), "date": time.strftime("%Y-%m-%d")}
    for workload, policy in runs:
        print(f"{workload.name} {policy}", file=sys.stderr)
        contest.measure(workload, policy)
        result |= {"figures": contest.figures, "missing": contest.missing}
        save(arguments.out, result)
    if not arguments.no_extras:
        result["extras"] = extras.measure(arguments.ours, arguments.rounds)
        save(arguments.out, result)
    print(report.markdown(result))


def save(folder, result):
    """After each workload, so that a run that is broken off leaves what it has."""
    result["ratios"] = report.ratios(result["figures"])
    (folder / "results.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "table.md").write_text(report.markdown(result))
    (folder / "chart.svg").write_text(chart.draw(result["ratios"]))


if __name__ == "__main__":
    main()
