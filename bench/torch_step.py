"""A training step of PyTorch behind the line protocol of training.c.

    python torch_step.py time   eager|compile NETWORK BATCH THREADS          "steps\\n" on stdin -> ms of each step
    python torch_step.py memory eager|compile NETWORK BATCH THREADS STEPS    KB: peak, before the steps, after import

fp32 and channels_last, SGD with Nesterov's momentum and weight decay, fused into one kernel.
"""
import os
import pathlib
import sys
import time

import environment

# Compiled once a network and batch, found again by the next process.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(environment.WORK / "inductor"))

TITLES = {"eager": "PyTorch eager", "compile": "torch.compile"}


def command(mode, kind, network, batch, threads, *rest):
    script = str(pathlib.Path(__file__).resolve())
    return [sys.executable, script, mode, kind, *(str(argument) for argument in (network, batch, threads, *rest))]


def memory_kb(field):
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/self/status has no {field}")


def forget_peak():
    """VmHWM counts from here."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")


class Trainer:
    def __init__(self, kind, network, batch, threads):
        import torch

        import networks

        torch.set_num_threads(threads)
        torch.manual_seed(1)
        network = networks.TRAINED[network]
        self.torch = torch
        model = network.make().train().to(memory_format=torch.channels_last)
        # torch.compile makes a graph of network and loss, as the tutorials do; the fused optimiser is one kernel anyway.
        forward = lambda images, labels: torch.nn.functional.cross_entropy(model(images), labels)
        self.forward = torch.compile(forward) if kind == "compile" else forward
        decay = [p for p in model.parameters() if p.ndim > 1]
        rest = [p for p in model.parameters() if p.ndim <= 1]
        groups = [{"params": decay, "weight_decay": 1e-4}, {"params": rest, "weight_decay": 0.0}]
        self.optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True, fused=True)
        self.images = torch.randn(batch, *network.shape).to(memory_format=torch.channels_last)
        self.labels = torch.randint(0, 10, (batch,))

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.forward(self.images, self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def answer_rounds(trainer):
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            trainer.step()
            times.append((time.perf_counter() - start) * 1e3)
        print(*(f"{t:.6f}" for t in times), flush=True)


def main():
    mode, kind, network, batch, threads, *rest = sys.argv[1:]
    import torch  # noqa: F401

    import networks  # noqa: F401

    imported = memory_kb("VmRSS")
    trainer = Trainer(kind, network, int(batch), int(threads))
    if mode == "time":
        answer_rounds(trainer)
        return
    before = memory_kb("VmRSS")
    forget_peak()
    for _ in range(int(rest[0])):
        trainer.step()
    print(memory_kb("VmHWM"), before, imported)


if __name__ == "__main__":
    main()
