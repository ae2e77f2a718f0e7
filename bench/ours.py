"""The compiler's side: weights from PyTorch, `resnetc import` and `compile`, harness.c linked to the object."""
import dataclasses
import os
import pathlib
import subprocess
import time

import environment

RESNETC = environment.RELEASE / "bin" / "resnetc"
LIBRARIES = environment.RELEASE / "lib"
HEADERS = environment.ROOT / "runtime" / "abi"


class Failed(Exception):
    """A command of ours that did not succeed, with its words."""


def sh(command, **options):
    try:
        result = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from error
    if result.returncode:
        tail = "\n".join((result.stderr or result.stdout).strip().splitlines()[-8:])
        raise Failed(f"{' '.join(str(c) for c in command)}: exit {result.returncode}\n{tail}")
    return result.stdout


def cpu_flags():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return set(line.split(":", 1)[1].split())
    return set()


def best_target():
    """The richest target of ours that this CPU runs; the peers ask the CPU in the same way."""
    flags = cpu_flags()
    if {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"} <= flags:
        return "x86-64-v4"
    return "x86-64-v3" if {"avx2", "fma"} <= flags else "x86-64"


@dataclasses.dataclass
class Model:
    """A compiled network: object, packed weights and the program around them, all in `folder`."""

    name: str
    folder: pathlib.Path

    @property
    def object(self):
        return self.folder / f"{self.name}.o"

    @property
    def weights(self):
        return self.folder / f"{self.name}.rnw"

    @property
    def program(self):
        return self.folder / "harness"

    def command(self, mode, threads, batch, *files):
        return [str(c) for c in (self.program, mode, self.weights, threads, batch, *files)]


def import_weights(network, state):
    """state_dict -> safetensors -> the compiler's named .rnw."""
    from safetensors.torch import save_file

    stem = environment.WORK / network.name
    tensors, named = stem.with_suffix(".safetensors"), stem.with_suffix(".named.rnw")
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, tensors)
    sh([RESNETC, "import", tensors, "-o", named])
    return named


def compile_model(network, named, batches, mode="file", target=None, cache=None, folder=None):
    """Compiles into build/bench/NAME (or `folder`); the time of `resnetc compile` alone is .seconds of the result."""
    folder = folder or environment.WORK / network.name
    folder.mkdir(parents=True, exist_ok=True)
    model = Model(network.file, folder)
    settings = dict(os.environ, **({"RESNETC_CACHE_DIR": str(cache)} if cache else {}))
    command = [RESNETC, "compile", network.source, "--weights-mode", mode]
    for name, value in network.settings:
        command += ["--set", f"{name}={value}"]
    if mode != "none":
        command += ["--weights", named]
    command += ["--targets", target or best_target(), "--batch", ",".join(map(str, batches)), "-o", model.object]
    start = time.perf_counter()
    sh(command, env=settings)
    model.seconds = time.perf_counter() - start
    return model


def link_harness(model):
    macros = [f"-DMODEL={model.name}", f"-DMODEL_UPPER={model.name.upper()}"]
    includes = ["-I", model.folder, "-I", HEADERS]
    libraries = ["-L", LIBRARIES, "-lresnetc_rt", "-lpthread", "-lm"]
    source = environment.BENCH / "harness.c"
    sh(["cc", "-O2", *macros, *includes, source, model.object, *libraries, "-o", model.program])
    return model


def runtime_bytes():
    """What all of the runtime core adds to a stripped program, whether the program calls it or not."""
    folder = environment.WORK / "runtime"
    folder.mkdir(exist_ok=True)
    source = folder / "main.c"
    source.write_text("int main(void) { return 0; }\n")
    whole = ["-Wl,--whole-archive", LIBRARIES / "libresnetc_rt.a", "-Wl,--no-whole-archive", "-lpthread", "-lm"]
    sizes = []
    for libraries in ([], whole):
        program = folder / "program"
        sh(["cc", "-O2", source, *libraries, "-o", program])
        sh(["strip", program])
        sizes.append(program.stat().st_size)
    return sizes[1] - sizes[0]
