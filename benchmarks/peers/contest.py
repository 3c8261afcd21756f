"""Runs ours and the peers in turn; prints a table, writes results.json, table.md and chart.svg.

Each contestant is a process that lives as long as its workload is measured; a round asks each of
them once, so that what the machine does meanwhile hits all alike. Workloads measured earlier keep
their figures in the same folder.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import chart
import extras
import machine
import report
from contestant import Contestant, contestants
from workloads import Workload

ALL = ("mlp", "cnn", "lstm", "transformer", "resnet50", "mobilenetv2")
MIXED = ("resnet50", "lstm")
LATENCY = ("mlp", "cnn", "lstm", "mobilenetv2", "resnet50")


class Race:
    """One workload under one policy. `missing` says who did not take part, and why."""

    def __init__(self, workload, policy, arguments):
        self.workload, self.policy, self.arguments = workload, policy, arguments
        self.missing = {}
        self.peaks = {}
        self.running = []
        modes = ["train", "predict"]
        if workload.name in LATENCY and policy == "float32":
            modes.append("latency")
        for name, command, environment, trains in contestants(workload, policy, arguments.ours):
            if arguments.peers and name not in ("ours", *arguments.peers):
                continue
            try:
                its_modes = modes if trains else modes[1:]
                self.running.append(Contestant(name, command, environment, its_modes))
            except RuntimeError as error:
                self.leave_out(name, error)

    def leave_out(self, name, error):
        self.missing[f"{name}, {self.workload.name} {self.policy}"] = str(error)
        print(f"  {name} is left out: {error}", file=sys.stderr)

    def run(self):
        """The figures of all."""
        compiled = self.answers(1, 0)  # the first training: nothing has predicted yet
        self.peaks = {
            who: answers[0]["peak_mb"]
            for (who, mode), answers in compiled.items()
            if mode == "train"
        }
        rounds, seconds = self.arguments.rounds, self.arguments.seconds
        figures = self.figures(self.answers(rounds, seconds))
        if self.arguments.busy:
            with machine.competitors():
                figures += self.figures(self.answers(rounds, seconds), " busy")
        for contestant in self.running:
            contestant.close()
        return figures

    def answers(self, rounds, seconds):
        """(contestant, mode) to the answers of all rounds."""
        got = {}
        for _ in range(rounds):
            for contestant in tuple(self.running):
                try:
                    for mode in contestant.modes:
                        answer = contestant.ask(mode, seconds / (1 if mode == "train" else 2))
                        got.setdefault((contestant, mode), []).append(answer)
                        shown = report.number(answer.get("rate") or answer["p50_us"])
                        print(f"  {contestant.name} {mode} {shown}", file=sys.stderr)
                except RuntimeError as error:
                    self.running.remove(contestant)
                    self.leave_out(contestant.name, error)
        return got

    def figures(self, answers, condition=""):
        return [
            {
                "workload": self.workload.name,
                "policy": self.policy,
                "contestant": contestant.name,
                "mode": mode + condition,
                **self.figure(contestant, mode, got),
            }
            for (contestant, mode), got in answers.items()
        ]

    def figure(self, contestant, mode, answers):
        start = contestant.start
        if start["parameters"] != self.workload.parameters:
            raise SystemExit(f"{contestant.name}: {self.workload.name} has other parameters")
        if mode == "latency":
            tail = report.summary([answer["p99_us"] for answer in answers])
            return report.summary([answer["p50_us"] for answer in answers]) | {"p99": tail["median"]}
        figure = report.summary([answer["rate"] for answer in answers])
        if mode == "predict":
            return figure
        if not answers[-1]["loss"] < start["loss"]:
            raise SystemExit(f"{contestant.name}: the loss of {self.workload.name} does not fall")
        return figure | {
            "first_step_s": start["first_step_s"],
            "peak_mb": self.peaks[contestant],
            "first_loss": start["loss"],
            "last_loss": answers[-1]["loss"],
        }


def parse_arguments():
    parser = argparse.ArgumentParser(prog="benchmarks/run.sh", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(ALL))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="for a training figure")
    parser.add_argument("--peers", nargs="+", help="only these")
    parser.add_argument("--policies", nargs="+", default=["float32", "mixed_bfloat16"])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/bench"))
    parser.add_argument("--busy", action="store_true", help="again beside a busy process a core")
    parser.add_argument("--no-extras", action="store_true", help="no start-up time and sizes")
    parser.add_argument("--ours", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = set(arguments.workloads) - {*ALL, "none"}
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    return arguments


def chosen(arguments):
    """Workloads and policies, those in float32 first."""
    listed = subprocess.run([arguments.ours, "--list"], check=True, capture_output=True, text=True)
    table = {w.name: w for w in map(Workload.parse, listed.stdout.splitlines())}
    names = arguments.workloads or ALL
    for policy, measured in (("float32", ALL), ("mixed_bfloat16", MIXED)):
        if policy in arguments.policies:
            yield from ((table[name], policy) for name in measured if name in names)


def earlier(folder):
    file = folder / "results.json"
    return json.loads(file.read_text()) if file.exists() else {"figures": [], "missing": {}}


def merge(result, race, figures):
    """With the race's figures in place of older ones."""
    run = (race.workload.name, race.policy)
    kept = [f for f in result["figures"] if (f["workload"], f["policy"]) != run]
    missing = {
        who: why for who, why in result["missing"].items() if not who.endswith(", " + " ".join(run))
    }
    in_order = sorted(
        kept + figures, key=lambda f: (f["policy"] != "float32", ALL.index(f["workload"]))
    )
    result |= {"figures": in_order, "missing": missing | race.missing}


def save(folder, result):
    """After each workload, so that a run that is broken off leaves what it has."""
    result["ratios"] = report.ratios(result["figures"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "table.md").write_text(report.markdown(result))
    (folder / "chart.svg").write_text(chart.draw(result["ratios"]))


def main():
    arguments = parse_arguments()
    result = earlier(arguments.out)
    result |= {"machine": machine.describe(), "date": time.strftime("%Y-%m-%d")}
    for workload, policy in chosen(arguments):
        print(f"{workload.name} {policy}", file=sys.stderr)
        race = Race(workload, policy, arguments)
        merge(result, race, race.run())
        save(arguments.out, result)
    if not arguments.no_extras:
        result["extras"] = extras.measure(arguments.ours, arguments.rounds)
        save(arguments.out, result)
    print(report.markdown(result))


if __name__ == "__main__":
    main()
