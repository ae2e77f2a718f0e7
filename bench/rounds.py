"""Alternating measurements: A B C A B C …, so that all see the same minute of the machine."""
import os
import pathlib
import statistics
import subprocess
import time


class Worker:
    """A process behind the line protocol of harness.c: a number of calls in, milliseconds of each out."""

    def __init__(self, name, command, cpu_time=False):
        self.name, self.times, self.cpu_time = name, [], cpu_time
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def on_cpu(self):
        """Milliseconds that the process has spent on a CPU, in steps of 10."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1e3 / os.sysconf("SC_CLK_TCK")

    def calls(self, count):
        start = self.on_cpu()
        times = self.timed_calls(count)
        return [(self.on_cpu() - start) / count] * count if self.cpu_time else times

    def timed_calls(self, count):
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


def alternate(commands, rounds, seconds, cpu_time=False):
    """{name: command} -> {name: (min, median)} in ms; each round gives each about `seconds` of calls. `cpu_time`: a
    call's time is its round's average of what the process spends on a CPU."""
    workers = [Worker(name, command, cpu_time) for name, command in commands.items()]
    try:
        counts = {}
        for worker in workers:
            worker.calls(2)
            counts[worker.name] = max(3, min(500, round(seconds * 1e3 / max(1e-3, min(worker.calls(2))))))
        for _ in range(rounds):
            for worker in workers:
                # The one before may still have threads that spin; the first calls find cold caches.
                time.sleep(0.05)
                warm = max(1, counts[worker.name] // 10)
                worker.calls(warm)
                worker.times += worker.calls(counts[worker.name])
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
