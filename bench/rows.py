"""The rows of bench/compare: what is measured, against whom, and what must hold."""
import dataclasses
import pathlib
import shutil
import subprocess
import tempfile
from typing import Callable, Optional

import environment
import networks
import ours
import peers
import rounds
import torch_step
import training

THREADS = 2


@dataclasses.dataclass
class Settings:
    rounds: int = 6
    seconds: float = 1.0  # of calls, a round and a system
    cpu_time: bool = False  # on one thread, instead of time on the clock


@dataclasses.dataclass
class Result:
    """`ours` and `peer` in `unit`; `limit` is of ours / peer where there is a peer, else of ours."""

    row: str
    unit: str
    ours: Optional[float]  # None: the measurement failed, `detail` says how
    limit: Optional[float]
    peer: Optional[float] = None
    peer_name: Optional[str] = None
    detail: str = ""

    @property
    def ratio(self):
        return self.ours / self.peer if self.ours and self.peer else None

    @property
    def holds(self):
        if self.ours is None:
            return False
        if self.limit is None:
            return True
        return (self.ratio if self.peer else self.ours) <= self.limit


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    measure: Callable


def prepared(name):
    """(network, weights as our .rnw, PyTorch's model): made once a process."""
    if name not in prepared.done:
        network = networks.NETWORKS[name]
        model = networks.randomise(network)
        prepared.done[name] = network, ours.import_weights(network, model.state_dict()), model
    return prepared.done[name]


prepared.done = {}


def program(name):
    """The network compiled for batch 1 and 16 and linked, once a process."""
    if name not in program.done:
        network, named, _ = prepared(name)
        program.done[name] = ours.link_harness(ours.compile_model(network, named, [1, 16]))
    return program.done[name]


program.done = {}


def latency(name, batch, limit):
    """Time of a call against the faster peer. Medians are compared; minima stand beside them."""

    def measure(row, settings):
        network, _, model = prepared(name)
        onnx = peers.export(network, model, batch)
        commands = {"ours": program(name).command("time", THREADS, batch)}
        commands |= {peer: peers.command("time", peer, onnx, THREADS) for peer in peers.PEERS}
        times = rounds.alternate(commands, settings.rounds, settings.seconds, settings.cpu_time)
        best = min(peers.PEERS, key=lambda peer: times[peer][1])
        detail = "min " + ", ".join(f"{peers.TITLES.get(n, n)} {low:.2f}" for n, (low, _) in times.items())
        return Result(row, "ms", times["ours"][1], limit, times[best][1], peers.TITLES[best], detail)

    return measure


def first_call(name, limit):
    """From nothing loaded to the first result, in a new process each time, weights in a file of the page cache."""

    def measure(row, settings):
        network, _, model = prepared(name)
        onnx = peers.export(network, model, 1)
        commands = {
            "ours": program(name).command("first", THREADS, 1),
            "onnxruntime": peers.command("first", "onnxruntime", onnx, THREADS),
        }
        times = rounds.alternate_processes(commands, settings.rounds)
        detail = f"min ours {times['ours'][0]:.1f}, ONNX Runtime {times['onnxruntime'][0]:.1f}"
        return Result(row, "ms", times["ours"][1], limit, times["onnxruntime"][1], "ONNX Runtime", detail)

    return measure


def compile_time(name, cached, limit):
    """`resnetc compile` of one target with weights in a file; nothing cached is a cache folder of its own."""

    def measure(row, settings):
        network, named, _ = prepared(name)
        folder = tempfile.mkdtemp(prefix="compile-", dir=environment.WORK)
        try:
            where = pathlib.Path(folder)
            runs = [
                ours.compile_model(network, named, [1], cache=where / "cache", folder=where).seconds
                for _ in range(2 if cached else 1)
            ]
        finally:
            shutil.rmtree(folder)
        return Result(row, "s", runs[-1], limit)

    return measure


def runtime_size(limit):
    def measure(row, settings):
        return Result(row, "KB", ours.runtime_bytes() / 1000, limit)

    return measure


def object_size(name, limit):
    """The object as compiled, batch 1 and 16, weights elsewhere."""

    def measure(row, settings):
        network, _, _ = prepared(name)
        folder = environment.WORK / f"{name}-without-weights"
        model = ours.compile_model(network, None, [1, 16], mode="none", folder=folder)
        return Result(row, "KB", model.object.stat().st_size / 1000, limit)

    return measure


RESNET56_MEMORY = "340MiB"
SECTION = "optimizer = sgd(lr = 0.1, momentum = 0.9, nesterov = true, weight_decay = 1e-4)"


def trainer(name, batch, memory=None):
    """The network's training step, compiled (to need at most `memory`) and linked, once a process."""
    key = name, batch, memory
    if key not in trainer.done:
        network = networks.TRAINED[name]
        folder = f"{name}-{batch}" + (f"-{memory}" if memory else "")
        step = training.std(folder, network.file, f"{SECTION}; batch = {batch}", **dict(network.settings))
        options = [f"--memory={memory}"] if memory else []
        trainer.done[key] = training.link_program(training.compile_training(step, *options))
    return trainer.done[key]


trainer.done = {}


def training_step(name, batch, against, limit, memory=None):
    """Time of forward, backward and optimiser; `against` of torch_step.TITLES is compared, eager stands beside."""

    def measure(row, settings):
        commands = {"ours": [str(trainer(name, batch, memory).program), "time", str(THREADS)]}
        for kind in dict.fromkeys((against, "eager")):
            commands[kind] = torch_step.command("time", kind, name, batch, THREADS)
        times = rounds.alternate(commands, settings.rounds, settings.seconds, settings.cpu_time)
        detail = "min " + ", ".join(f"{torch_step.TITLES.get(n, n)} {low:.0f}" for n, (low, _) in times.items())
        if against != "eager":
            detail += f"; median PyTorch eager {times['eager'][1]:.0f}"
        return Result(row, "ms", times["ours"][1], limit, times[against][1], torch_step.TITLES[against], detail)

    return measure


def kilobytes(command):
    """The numbers that a `memory` command prints."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{command[0]}: {result.stderr.strip()[-800:]}")
    return [int(field) for field in result.stdout.split()]


def our_peak(name, batch, memory):
    """MB: of the whole process, with state, batch and all."""
    peak, _ = kilobytes([str(trainer(name, batch, memory).program), "memory", str(THREADS), "3"])
    return peak * 1024e-6


def training_memory(name, batch, limit, memory=None):
    """Ours: the whole process. PyTorch: only by how much three steps raise the peak of a process that already holds
    PyTorch, network and batch; torch.compile's stands beside eager's."""

    def measure(row, settings):
        grown, whole = {}, {}
        for kind, title in torch_step.TITLES.items():
            command = torch_step.command("memory", kind, name, batch, THREADS, 3)
            if kind == "compile":
                kilobytes(command)  # the compiler's own memory does not count: it is done, and cached
            peak, before, _ = kilobytes(command)
            grown[title], whole[title] = (peak - before) * 1024e-6, peak * 1024e-6
        eager = torch_step.TITLES["eager"]
        detail = f"growth of torch.compile {grown['torch.compile']:.0f}"
        detail += "; whole processes " + ", ".join(f"{title} {peak:.0f}" for title, peak in whole.items())
        return Result(row, "MB", our_peak(name, batch, memory), limit, grown[eager], f"{eager}, growth", detail)

    return measure


def training_fits(name, batch, memory, limit):
    """The whole process of a step that was compiled to need at most `memory`."""
    return lambda row, settings: Result(row, "MB", our_peak(name, batch, memory), limit)


def training_compile(name, batch, memory, limit):
    """`resnetc compile --train`, nothing cached."""

    def measure(row, settings):
        folder = tempfile.mkdtemp(prefix="compile-", dir=environment.WORK)
        try:
            network = networks.TRAINED[name]
            step = training.std(f"{name}-cold", network.file, f"{SECTION}; batch = {batch}", **dict(network.settings))
            options = [f"--memory={memory}"]
            return Result(row, "s", training.compile_training(step, *options, cache=folder).seconds, limit)
        finally:
            shutil.rmtree(folder)

    return measure


ROWS = [
    Row("resnet18 batch 1", latency("resnet18", 1, 1.1)),
    Row("resnet18 batch 16", latency("resnet18", 16, 1.1)),
    Row("resnet50 batch 1", latency("resnet50", 1, 1.1)),
    Row("resnet50 batch 16", latency("resnet50", 16, 1.1)),
    Row("CIFAR resnet20 batch 1", latency("resnet20", 1, None)),
    Row("resnet50 load and first call", first_call("resnet50", 0.15)),
    Row("resnet50 compile, nothing cached", compile_time("resnet50", False, 40)),
    Row("resnet50 compile, all cached", compile_time("resnet50", True, 3)),
    Row("train CIFAR resnet20 batch 128", training_step("resnet20", 128, "compile", 0.8)),
    Row("train CIFAR resnet56 batch 128", training_step("resnet56", 128, "compile", 0.8)),
    Row("train resnet18 batch 16", training_step("resnet18", 16, "eager", 0.95)),
    Row("train CIFAR resnet56, memory", training_memory("resnet56", 128, 0.6, RESNET56_MEMORY)),
    Row("train CIFAR resnet56 in that memory", training_step("resnet56", 128, "compile", None, RESNET56_MEMORY)),
    Row("train preact1001 batch 32 in 2 GiB", training_step("preact1001", 32, "eager", 1.0, "1900MiB")),
    Row("train preact1001 batch 32, memory", training_fits("preact1001", 32, "1900MiB", 2**31 * 1e-6)),
    Row("train preact1001, compile, nothing cached", training_compile("preact1001", 32, "1900MiB", 180)),
    Row("runtime core in a program", runtime_size(100)),
    Row("resnet18 object without weights", object_size("resnet18", 400)),
]
