"""Training objects: `resnetc compile --train`, linked as a shared library that ctypes drives, or to training.c."""
import ctypes
import dataclasses
import os
import pathlib
import time

import numpy

import environment
import ours

MODELS = environment.ROOT / "dsl" / "std" / "models"


@dataclasses.dataclass(frozen=True)
class Training:
    """A network with a train section: `network` of the file `source`, with `settings`; `section` is the section's
    text. `name` names the folder in build/bench."""

    name: str
    network: str
    source: pathlib.Path
    section: str
    settings: tuple = ()

    @property
    def folder(self):
        return environment.WORK / f"training-{self.name}"


def std(name, network, section, **settings):
    """A network of dsl/std/models."""
    return Training(name, network, MODELS / f"{network}.rn", section, tuple(settings.items()))


@dataclasses.dataclass
class Object:
    """A compiled training step: NAME.o and NAME.h in `folder`."""

    name: str
    folder: pathlib.Path
    seconds: float

    @property
    def object(self):
        return self.folder / f"{self.name}.o"

    @property
    def program(self):
        return self.folder / "training"


def compile_training(training, *options, target=None, cache=None):
    folder = training.folder
    folder.mkdir(parents=True, exist_ok=True)
    # A file of its own that imports the network's: the section stays out of dsl/std.
    source = folder / "train.rn"
    network = os.path.relpath(training.source, folder)
    source.write_text(f'import "{network}"\n\ntrain {training.network} {{\n  {training.section}\n}}\n')
    model = Object(training.network, folder, 0)
    command = [ours.RESNETC, "compile", source, "--train", "--targets", target or ours.best_target()]
    for name, value in training.settings:
        command += ["--set", f"{name}={value}"]
    settings = dict(os.environ, **({"RESNETC_CACHE_DIR": str(cache)} if cache else {}))
    start = time.perf_counter()
    ours.sh([*command, *options, "-o", model.object], env=settings)
    model.seconds = time.perf_counter() - start
    return model


def link_program(model):
    """training.c around the object: what bench/compare times, without Python."""
    macros = [f"-DMODEL={model.name}", f"-DMODEL_UPPER={model.name.upper()}"]
    includes = ["-I", model.folder, "-I", ours.HEADERS]
    libraries = ["-L", ours.LIBRARIES, "-lresnetc_rt", "-lpthread", "-lm"]
    source = environment.BENCH / "training.c"
    ours.sh(["cc", "-O2", *macros, *includes, source, model.object, *libraries, "-o", model.program])
    return model


# The functions of the header, as one small C file gives them the same names and sizes for every network.
SHIM = """
#include "{name}.h"
const resnetc_model_info *model_info(void) {{ return &{name}_info; }}
size_t state_bytes(void) {{ return {upper}_STATE_BYTES; }}
size_t workspace_bytes(unsigned threads) {{ (void)threads; return {upper}_TRAIN_WORKSPACE_BYTES(threads); }}
size_t train_batch(void) {{ return {upper}_TRAIN_BATCH; }}
void *context_create(unsigned threads) {{
  static resnetc_context contexts[8];
  static int count;
  resnetc_pool *pool = threads > 1 ? resnetc_pool_create(threads) : NULL;
  if (count == 8 || (threads > 1 && !pool) || resnetc_context_init(&contexts[count], pool))
    return NULL;
  return &contexts[count++];
}}
int train_step(const void *context, void *state, const void *images, const int32_t *labels, size_t n, uint64_t step,
               float *loss, void *workspace) {{
  resnetc_hyper hyper = {upper}_HYPER;
  hyper.step = step;
  return {name}_train_step(context, state, images, labels, n, &hyper, loss, workspace);
}}
int init(uint64_t seed, void *state) {{ return {name}_init(seed, state); }}
int set(void *state, const char *tensor, const float *values, size_t count) {{
  return {name}_set(state, tensor, values, count);
}}
int get(const void *state, const char *tensor, float *values, size_t count) {{
  return {name}_get(state, tensor, values, count);
}}
int gradient(const void *workspace, const char *tensor, float *values, size_t count) {{
  return {name}_gradient(workspace, tensor, values, count);
}}
"""


def aligned(size):
    """`size` bytes at a multiple of 64, filled with 0xff: floats of it are NaNs, so nothing may be read unwritten."""
    memory = numpy.full(size + 64, 0xFF, numpy.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + size]


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


class Step:
    """A training step of ours behind numpy: one state and one workspace."""

    def __init__(self, model, threads=1):
        shim, library = model.folder / "shim.c", model.folder / "shim.so"
        shim.write_text(SHIM.format(name=model.name, upper=model.name.upper()))
        includes = ["-I", model.folder, "-I", ours.HEADERS]
        libraries = ["-L", ours.LIBRARIES, "-lresnetc_rt", "-lpthread", "-lm"]
        ours.sh(["cc", "-shared", "-fPIC", "-O1", *includes, shim, model.object, *libraries, "-o", library])
        # ctypes takes a library of the same path only once: another model in the same folder needs another name.
        own = library.with_name(f"shim-{os.getpid()}-{id(self)}.so")
        library.rename(own)
        self.library = ctypes.CDLL(str(own))
        own.unlink()
        for name in ("state_bytes", "workspace_bytes", "train_batch"):
            getattr(self.library, name).restype = ctypes.c_size_t
        self.library.context_create.restype = ctypes.c_void_p
        self.state = aligned(self.library.state_bytes())
        self.workspace = aligned(self.library.workspace_bytes(threads))
        self.context = ctypes.c_void_p(self.library.context_create(threads))
        self.batch = self.library.train_batch()
        self.steps = 0
        self.init(0)

    def call(self, what, status):
        if status:
            raise ours.Failed(f"{what}: status {status}")

    def init(self, seed):
        self.call("init", self.library.init(ctypes.c_uint64(seed), pointer(self.state)))

    def load(self, tensors):
        """{name: array}: a state_dict. What it counts (num_batches_tracked) has no place in a state."""
        for name, values in tensors.items():
            if name.endswith("num_batches_tracked"):
                continue
            values = numpy.ascontiguousarray(values, numpy.float32)
            status = self.library.set(pointer(self.state), name.encode(), pointer(values), ctypes.c_size_t(values.size))
            self.call(f"set {name}", status)

    def step(self, images, labels):
        """The loss before the step."""
        images, labels = numpy.ascontiguousarray(images), numpy.ascontiguousarray(labels, numpy.int32)
        loss = ctypes.c_float()
        arguments = self.context, pointer(self.state), pointer(images), pointer(labels), ctypes.c_size_t(len(labels))
        counter = ctypes.c_uint64(self.steps), ctypes.byref(loss), pointer(self.workspace)
        self.call("train_step", self.library.train_step(*arguments, *counter))
        self.steps += 1
        return loss.value

    def read(self, what, memory, name, shape):
        values = numpy.empty(shape, numpy.float32)
        function = getattr(self.library, what)
        status = function(pointer(memory), name.encode(), pointer(values), ctypes.c_size_t(values.size))
        self.call(f"{what} {name}", status)
        return values

    def get(self, name, shape):
        return self.read("get", self.state, name, shape)

    def gradient(self, name, shape):
        return self.read("gradient", self.workspace, name, shape)
