#!/usr/bin/env python3
"""Ten training steps of training/small.rn as a program of C, for every target that this CPU has, against PyTorch's.

    check_training.py RESNETC LIBRARIES FOLDER

Every gradient of the first step, the losses, and all tensors after the last must lie within the limits that
make_training.py has found for fp32; so must losses, gradients and probes of a batch with two labels an image. Exit status 1 if one does not, or if the number of threads changes a bit.
"""
import os
import pathlib
import subprocess
import sys

import numpy

import golden

STORED = golden.NETS.parent / "training"
STEPS = 10


def build(resnetc, libraries, folder, target, source, *flags):
    folder.mkdir(parents=True, exist_ok=True)
    model, program = folder / "small.o", folder / source
    golden.run(resnetc, "compile", STORED / "small.rn", "--train", *flags, "--targets", target, "-o", model)
    compiler = os.environ.get("CC", "cc").split()
    options = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-I", folder, "-I", golden.ROOT / "runtime" / "abi"]
    linked = [model, "-L", libraries, "-lresnetc_rt", "-lpthread", "-lm"]
    golden.run(*compiler, *options, STORED / f"{source}.c", *linked, "-o", program)
    return program


def records(data):
    """What train.c has written: {name: floats}."""
    found = {}
    while data:
        line, data = data.split(b"\n", 1)
        name, count = line.decode().rsplit(" ", 1)
        found[name], data = numpy.frombuffer(data[: 4 * int(count)], numpy.float32), data[4 * int(count) :]
    return found


def difference(got, expected):
    """Largest difference over the largest number; infinite for a NaN or another size."""
    if got is None or got.size != expected.size or not numpy.isfinite(got).all():
        return float("inf")
    return numpy.abs(got.astype(numpy.float64) - expected.reshape(-1)).max() / numpy.abs(expected).max()


def compare(results, expected, limits, how):
    """True if all lies within the limits; the nearest to its limit is named."""
    shares = {name: difference(results.get(name), values) / float(limits[name]) for name, values in expected.items()}
    worst = max(shares, key=shares.get)
    print(f"{how}: {len(shares)} results, the worst has {shares[worst]:.2f} of its limit {limits[worst]:.1e}: {worst}")
    for name, share in shares.items():
        if not share <= 1:
            print(f"{how}: {name} is wrong: {share * limits[name]:.1e} with a limit of {limits[name]:.1e}")
    unknown = sorted(set(results) - set(expected))
    if unknown:
        print(f"{how}: nobody expects {', '.join(unknown)}")
    return not unknown and all(share <= 1 for share in shares.values())


def run(program, *arguments):
    result = subprocess.run([str(part) for part in (program, *arguments)], capture_output=True)
    if result.returncode:
        sys.exit(f"{program}: {result.stderr.decode()}")
    return result.stdout


def check_gradients(program, inputs, how):
    """Two labels an image, and what is measured of residuals."""
    stored = dict(numpy.load(STORED / "gradients.npz"))
    limits = {name: stored.pop(f"limit {name}") for name in list(stored) if not name.startswith("limit ")}
    return compare(records(run(program, *inputs)), stored, limits, how)


def main():
    resnetc, libraries, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "named.rnw"
    golden.run(resnetc, "import", STORED / "small.safetensors", "-o", weights)
    for name in ("images", "labels"):
        numpy.load(STORED / f"{name}.npy").tofile(folder / name)
    expected, limits = numpy.load(STORED / "expected.npz"), numpy.load(STORED / "limits.npz")
    good = True
    for target in golden.targets():
        inputs = [weights, folder / "images", folder / "labels"]
        program = build(resnetc, libraries, folder / target, target, "train")
        outputs = []
        for threads in (1, 2):
            outputs.append(run(program, *inputs, threads, STEPS))
            good &= compare(records(outputs[-1]), dict(expected), limits, f"{target}, threads {threads}")
        if outputs[0] != outputs[1]:
            print(f"{target}: the number of threads changes bits")
            good = False
        program = build(resnetc, libraries, folder / target, target, "gradients", "--probe")
        good &= check_gradients(program, inputs, f"{target}, gradients")
    sys.exit(0 if good else 1)


main()
