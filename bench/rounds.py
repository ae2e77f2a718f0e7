"""Alternating measurements: A B C A B C …, so that all see the same minute of the machine."""
import statistics
import subprocess
import time


class Worker:
    """A process behind the line protocol of harness.c: a number of calls in, milliseconds of each out."""

    def __init__(self, name, command):
        self.name, self.times = name, []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def calls(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name}: {self.process.stderr.read().strip()[-800:]}")
        return [float(field) for field in line.split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def alternate(commands, rounds, seconds):
    """{name: command} -> {name: (min, median)} in ms; each round gives each about `seconds` of calls."""
    workers = [Worker(name, command) for name, command in commands.items()]
    try:
        counts = {}
        for worker in workers:
            worker.calls(2)
            counts[worker.name] = max(3, min(500, round(seconds * 1e3 / min(worker.calls(2)))))
        for _ in range(rounds):
            for worker in workers:
                # The one before may still have threads that spin; the first calls find cold caches.
                time.sleep(0.05)
                warm = max(1, counts[worker.name] // 10)
                worker.times += worker.calls(counts[worker.name] + warm)[warm:]
    finally:
        for worker in workers:
            worker.close()
    return {worker.name: (min(worker.times), statistics.median(worker.times)) for worker in workers}


def alternate_processes(commands, rounds):
    """As above for commands that start anew each round and print one number of ms; the first round is warm-up."""
    times = {name: [] for name in commands}
    for index in range(rounds + 1):
        for name, command in commands.items():
            # The kernel still takes back the memory of the one before.
            time.sleep(0.3)
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode:
                raise RuntimeError(f"{name}: {result.stderr.strip()[-800:]}")
            if index:
                times[name].append(float(result.stdout))
    return {name: (min(t), statistics.median(t)) for name, t in times.items()}
