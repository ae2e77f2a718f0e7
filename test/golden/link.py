#!/usr/bin/env python3
"""A network of nets/ as bench/ measures it: compiled for batch 1 and 2, linked to bench/harness.c, run on 3 pictures.

    link.py RESNETC LIBRARIES NAME FOLDER

One object for all targets, so that the runtime chooses; exit status as check.py's.
"""
import re
import os
import sys

import numpy

import golden


def main():
    resnetc, libraries, name, folder = sys.argv[1:5]
    net = golden.Net(resnetc, name, folder)
    symbol = re.search(r"^network (\w+)", net.source.read_text(), re.MULTILINE)[1]
    model, program = net.folder / f"{symbol}.o", net.folder / "harness"
    options = ["--weights-mode", "file", "--targets", ",".join(golden.TARGETS), "--batch", "1,2"]
    golden.run(resnetc, "compile", net.source, "--weights", net.weights, *options, "-o", model)
    macros = [f"-DMODEL={symbol}", f"-DMODEL_UPPER={symbol.upper()}"]
    includes = ["-I", net.folder, "-I", golden.ROOT / "runtime" / "abi"]
    source = golden.ROOT / "bench" / "harness.c"
    linked = [model, "-L", libraries, "-lresnetc_rt", "-lpthread", "-lm"]
    golden.run(*os.environ.get("CC", "cc").split(), "-O1", "-Wall", "-Wextra", "-Werror", *macros, *includes, source, *linked, "-o", program)

    pictures, logits = net.folder / "pictures", net.folder / "logits"
    numpy.load(net.pictures).tofile(pictures)
    outputs = []
    for threads in (1, 2):
        packed = model.with_suffix(".rnw")
        golden.run(program, "logits", packed, threads, len(net.expected), pictures, logits)
        outputs.append(numpy.fromfile(logits, numpy.float32).reshape(len(net.expected), -1))
        net.check(outputs[-1], f"linked, threads {threads}")
    net.check_equal(outputs, "linked")
    net.finish()


main()
