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
        times = rounds.alternate(commands, settings.rounds, settings.seconds)
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


SECTION = "optimizer = sgd(lr = 0.1, momentum = 0.9, nesterov = true, weight_decay = 1e-4)"


def trainer(name, batch):
    """The network's training step, compiled and linked, once a process."""
    if (name, batch) not in trainer.done:
        network = networks.NETWORKS[name]
        section = f"{SECTION}; batch = {batch}"
        step = training.std(f"{name}-{batch}", network.file, section, **dict(network.settings))
        trainer.done[name, batch] = training.link_program(training.compile_training(step))
    return trainer.done[name, batch]


trainer.done = {}


def training_step(name, batch, against, limit):
    """Time of forward, backward and optimiser; `against` of torch_step.TITLES is compared, the others stand beside."""

    def measure(row, settings):
        commands = {"ours": [str(trainer(name, batch).program), "time", str(THREADS)]}
        kinds = [against] if against == "eager" else [against, "eager"]
        commands |= {kind: torch_step.command("time", kind, name, batch, THREADS) for kind in kinds}
        times = rounds.alternate(commands, settings.rounds, settings.seconds)
        detail = "min " + ", ".join(f"{torch_step.TITLES.get(n, n)} {low:.0f}" for n, (low, _) in times.items())
        if "eager" not in against:
            detail += f"; PyTorch eager {times['eager'][1]:.0f}"
        return Result(row, "ms", times["ours"][1], limit, times[against][1], torch_step.TITLES[against], detail)

    return measure


def kilobytes(command):
    """The numbers that a `memory` command prints."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{command[0]}: {result.stderr.strip()[-800:]}")
    return [int(field) for field in result.stdout.split()]


def training_memory(name, batch, limit):
    """Ours: the whole process at its peak, with state, batch and all. PyTorch: only by how much three steps raise the
    peak of a process that already holds PyTorch, network and batch; of eager and torch.compile the lower one."""

    def measure(row, settings):
        peak, _ = kilobytes([str(trainer(name, batch).program), "memory", str(THREADS), "3"])
        grown, whole = {}, {}
        for kind in torch_step.TITLES:
            command = torch_step.command("memory", kind, name, batch, THREADS, 3)
            if kind == "compile":
                kilobytes(command)  # the compiler's own memory does not count: it is done, and cached
            whole[kind], before, _ = kilobytes(command)
            grown[kind] = whole[kind] - before
        best = min(grown, key=grown.get)
        detail = "growth " + ", ".join(f"{torch_step.TITLES[k]} {grown[k] / 1000:.0f}" for k in grown)
        detail += "; whole " + ", ".join(f"{torch_step.TITLES[k]} {whole[k] / 1000:.0f}" for k in whole)
        return Result(row, "MB", peak / 1000, limit, grown[best] / 1000, torch_step.TITLES[best], detail)

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
    Row("training CIFAR resnet20 batch 128", training_step("resnet20", 128, "compile", 0.8)),
    Row("training CIFAR resnet56 batch 128", training_step("resnet56", 128, "compile", 0.8)),
    Row("training resnet18 batch 16", training_step("resnet18", 16, "eager", 0.95)),
    Row("memory of training CIFAR resnet56 batch 128", training_memory("resnet56", 128, 0.6)),
    Row("runtime core in a program", runtime_size(100)),
    Row("resnet18 object without weights", object_size("resnet18", 400)),
]
