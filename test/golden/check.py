#!/usr/bin/env python3
"""Runs a network of nets/ for every target that this CPU has, with one and two threads, and compares with PyTorch.

    check.py RESNETC NAME FOLDER

Prints a line a run; exit status 1 if a difference is above 1e-4 of the largest output, or if threads change a bit.
"""
import pathlib
import subprocess
import sys

import numpy

NETS = pathlib.Path(__file__).resolve().parent / "nets"
LIMIT = 1e-4
TARGETS = {
    "x86-64": set(),
    "x86-64-v3": {"avx2", "fma", "f16c", "bmi2"},
    "x86-64-v4": {"avx2", "fma", "f16c", "bmi2", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
}


def cpu_flags():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return set(next(line for line in lines if line.startswith("flags")).split(":")[1].split())


def run(resnetc, *arguments):
    command = [resnetc, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\nexit status {result.returncode}\n{result.stderr}")


def difference(got, expected):
    """Largest difference over the largest expected output; infinite for a NaN or another shape."""
    if got.shape != expected.shape or got.dtype != numpy.float32 or not numpy.isfinite(got).all():
        return float("inf")
    return numpy.abs(got - expected).max() / numpy.abs(expected).max()


def main():
    resnetc, name, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    network, pictures = NETS / f"{name}.rn", NETS / f"{name}.input.npy"
    expected = numpy.load(NETS / f"{name}.expected.npy")
    weights, output = folder / f"{name}.rnw", folder / "output.npy"
    run(resnetc, "import", NETS / f"{name}.safetensors", "-o", weights)
    flags, failed = cpu_flags(), False
    for target, needs in TARGETS.items():
        if not needs <= flags:
            print(f"{name} {target}: not on this CPU")
            continue
        outputs = []
        for threads in (1, 2):
            options = ["--targets", target, "--threads", threads]
            run(resnetc, "run", network, "--weights", weights, "--input", pictures, "--output", output, *options)
            outputs.append(numpy.load(output))
            wrong = difference(outputs[-1], expected)
            failed |= not wrong <= LIMIT
            print(f"{name} {target}, {threads} threads: differs {wrong:.1e} of the largest {numpy.abs(expected).max():.3f}")
        if not numpy.array_equal(*outputs):
            print(f"{name} {target}: the number of threads changes bits")
            failed = True
    sys.exit(1 if failed else 0)


main()
