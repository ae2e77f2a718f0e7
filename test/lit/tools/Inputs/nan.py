"""nan.py RESNETC NETS FOLDER: one NaN in one pixel of one channel makes every logit of that picture NaN, no other's."""
import pathlib
import subprocess
import sys

import numpy

resnetc, nets, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags")).split()
targets = ["x86-64"] + ["x86-64-v3"] * ("avx2" in flags) + ["x86-64-v4"] * ("avx512f" in flags)


def run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


failed = False
for source in sorted(nets.glob("*.rn")):
    pictures = numpy.load(source.with_suffix(".input.npy"))
    if pictures.dtype != numpy.float32:
        continue  # bytes have no NaN
    weights, picture, output = folder / "nan.rnw", folder / "nan.npy", folder / "nan.out.npy"
    run(resnetc, "import", source.with_suffix(".safetensors"), "-o", weights)
    for place in ("first", "centre"):  # at even coordinates: 1x1 convolutions with stride 2 read no others
        poisoned = pictures.copy()
        map_extents = poisoned.shape[2:]  # none for a vector
        pixel = tuple(0 if place == "first" else extent // 4 * 2 for extent in map_extents)
        poisoned[(1, -1) + pixel] = numpy.nan
        numpy.save(picture, poisoned)
        for target in targets:
            run(resnetc, "run", source, "--weights", weights, "--input", picture, "--output", output, "--target", target)
            isnan = numpy.isnan(numpy.load(output)).reshape(len(pictures), -1)
            if not isnan[1].all() or isnan[0].any() or isnan[2:].any():
                print(f"{source.stem}, {place} pixel, {target}: NaN logits {isnan.sum(1)} of {isnan.shape[1]}")
                failed = True
if not failed:
    print("every NaN arrived")
