"""What a table of times was measured on."""
import os
import pathlib
import platform
import subprocess

import environment
import ours

SHOWN = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_bf16", "amx_int8"]


def model_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown CPU"


def version_of(distribution):
    from importlib.metadata import version

    return version(distribution)


def revision():
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=environment.ROOT, capture_output=True, text=True)
    return git.stdout.strip() or "unknown revision"


def describe():
    flags = ours.cpu_flags()
    versions = ", ".join(f"{d} {version_of(d)}" for d in ("onnxruntime", "openvino", "torch"))
    pages = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return [
        f"{model_name()}, {os.cpu_count()} CPUs seen, {' '.join(f for f in SHOWN if f in flags)}",
        f"Linux {platform.release()}, huge pages {pages.read_text().strip() if pages.exists() else 'unknown'}",
        f"resnetc {revision()} for {ours.best_target()}; {versions}",
    ]
