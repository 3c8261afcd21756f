"""Who takes part in the contest: processes that speak the lines of protocol.py."""

import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# What a contestant may take to start, for torch.compile builds C++ libraries, and to answer.
START_SECONDS, ANSWER_SECONDS = 900, 300


class Contestant:
    def __init__(self, name, command, environment, modes):
        self.name = name
        self.modes = modes
        self.log = tempfile.TemporaryFile("w+")
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
        try:
            self.process.stdin.write(f"{command} {seconds}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # its last words say why
        return self.read(ANSWER_SECONDS)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


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
