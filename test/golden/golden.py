"""What check.py and link.py share: the stored files, the targets of this CPU, commands, the comparison."""
import pathlib
import subprocess
import sys

import numpy

NETS = pathlib.Path(__file__).resolve().parent / "nets"
ROOT = NETS.parent.parent.parent
LIMIT = 1e-4
V3 = {"avx2", "fma", "f16c", "bmi2"}
V4 = V3 | {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
TARGETS = {"x86-64": set(), "x86-64-v3": V3, "x86-64-v4": V4}


def targets():
    """Those that this CPU runs."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    flags = set(next(line for line in lines if line.startswith("flags")).split(":")[1].split())
    return [target for target, needs in TARGETS.items() if needs <= flags]


def run(*command):
    command = [str(part) for part in command]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\nexit status {result.returncode}\n{result.stdout}{result.stderr}")


class Net:
    def __init__(self, resnetc, name, folder):
        self.resnetc, self.name, self.folder = resnetc, name, pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.source, self.pictures = NETS / f"{name}.rn", NETS / f"{name}.input.npy"
        self.expected = numpy.load(NETS / f"{name}.expected.npy")
        self.weights = self.folder / "named.rnw"
        self.failed = False
        run(resnetc, "import", NETS / f"{name}.safetensors", "-o", self.weights)

    def check(self, got, how):
        """Largest difference over the largest expected output; infinite for a NaN or another shape."""
        largest, wrong = numpy.abs(self.expected).max(), float("inf")
        if got.shape == self.expected.shape and got.dtype == numpy.float32 and numpy.isfinite(got).all():
            wrong = numpy.abs(got - self.expected).max() / largest
        self.failed |= not wrong <= LIMIT
        print(f"{self.name} {how}: differs {wrong:.1e} of the largest {largest:.3f}")

    def check_equal(self, outputs, how):
        if any(not numpy.array_equal(outputs[0], other) for other in outputs[1:]):
            print(f"{self.name} {how}: the number of threads changes bits")
            self.failed = True

    def finish(self):
        sys.exit(1 if self.failed else 0)
