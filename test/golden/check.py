#!/usr/bin/env python3
"""`resnetc run` on a network of nets/, for every target that this CPU has, with one and two threads.

    check.py RESNETC NAME FOLDER

Prints a line a run; exit status 1 if it differs from PyTorch by more than 1e-4 of the largest output, or if the
number of threads changes a bit.
"""
import sys

import numpy

import golden


def main():
    net = golden.Net(*sys.argv[1:4])
    files = ["--weights", net.weights, "--input", net.pictures]
    for target in golden.targets():
        outputs = []
        for threads in (1, 2):
            output = net.folder / f"{target}-{threads}.npy"
            options = ["--output", output, "--targets", target, "--threads", threads]
            golden.run(net.resnetc, "run", net.source, *files, *options)
            outputs.append(numpy.load(output))
            net.check(outputs[-1], f"{target}, threads {threads}")
        net.check_equal(outputs, target)
    net.finish()


main()
