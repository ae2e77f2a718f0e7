"""Stops a training run by signals in its first steps:  stop.py COMMAND…"""
import pathlib
import signal
import subprocess
import sys
import time

command = sys.argv[1:]
log = pathlib.Path(command[command.index("-o") + 1]).with_suffix(".jsonl")


def run(name, *options, stop=None):
    size = log.stat().st_size if log.exists() else 0
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if stop:
        while process.poll() is None and (not log.exists() or log.stat().st_size <= size):
            time.sleep(0.001)
        process.send_signal(stop)
    output = process.communicate()[0]
    print(f"{name}: {process.returncode}")
    for line in output.splitlines():
        if "stopped after" in line or "error" in line:
            print(line.replace("resnetc: ", ""))


run("SIGINT", "--with", "epochs=50", stop=signal.SIGINT)
run("without a word", "--with", "epochs=50")
run("SIGTERM", "--fresh", stop=signal.SIGTERM)
run("resumed", "--resume")
