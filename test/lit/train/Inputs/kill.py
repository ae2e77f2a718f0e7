"""Kills a training run at random moments and lets it go on each time; at the end it must have the bytes of a run that
nobody disturbed:  kill.py KILLS SEED FOLDER COMMAND…   (the command without -o, --fresh and --resume)"""
import csv
import hashlib
import pathlib
import random
import shutil
import subprocess
import sys
import time

kills, seed, folder, command = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4:]
deterministic = ("epoch", "step", "train_loss", "validation_loss", "top1", "top5", "learning_rate", "best")


def fresh(name):
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / name).mkdir(parents=True)
    return folder / name / "net.rnw"


def start(weights, *options):
    return subprocess.Popen([*command, "-o", str(weights), *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process):
    errors = process.communicate()[1].decode()
    assert process.returncode == 0, errors


def result(weights):
    """Hashes of the best and of the last weights, and what the epochs' log says."""
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (weights, weights.with_suffix(".last.rnw"))]
    with open(weights.with_suffix(".csv"), newline="") as file:
        epochs = [[row[name] for name in deterministic] for row in csv.DictReader(file)]
    left = [path.name for path in weights.parent.iterdir() if path.name.endswith(".tmp")]
    return hashes, epochs, left


undisturbed = fresh("undisturbed")
finish(start(undisturbed))  # fills the kernel cache
undisturbed = fresh("undisturbed")
before = time.monotonic()
finish(start(undisturbed))
seconds = time.monotonic() - before
expected = result(undisturbed)
assert len(expected[1]) == 5 and not expected[2], expected

moments = random.Random(seed)
weights = fresh("killed")
killed = resumed = finished = 0
while killed < kills:
    going = weights.with_suffix(".ckpt").exists()
    process = start(weights, *(["--resume"] if going else []))
    try:
        process.wait(timeout=moments.uniform(0.1, 1) * seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        killed += 1
        resumed += going
        continue
    finish(process)
    assert result(weights) == expected, (result(weights), expected)
    finished += 1
    weights = fresh("killed")
finish(start(weights, *(["--resume"] if weights.with_suffix(".ckpt").exists() else [])))
assert result(weights) == expected, (result(weights), expected)
print(f"{killed} kills, {resumed} of runs that had been resumed; {finished + 1} runs ended, each with {expected[0][0]}")
