"""On what a contest was held."""

import contextlib
import importlib.metadata
import os
import platform
import subprocess
import sys

PACKAGES = ("keras", "jax", "tensorflow-cpu", "torch", "onnxruntime")


def field(file, name):
    with open(file) as lines:
        return next((l.split(":", 1)[1].strip() for l in lines if l.startswith(name)), "unknown")


def versions():
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def describe():
    flags = field("/proc/cpuinfo", "flags").split()
    return {
        "cpu": field("/proc/cpuinfo", "model name"),
        "isa": [f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in flags],
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": int(field("/proc/meminfo", "MemTotal").split()[0]) / 2**20,
        "system": platform.platform(),
        "versions": versions(),
    }


@contextlib.contextmanager
def competitors():
    """One busy process a core while it lasts."""
    command = [sys.executable, "-c", "while True: pass"]
    running = [subprocess.Popen(command) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()
