"""Where the scripts of bench/ run and keep their files: the Python of bench/.venv, and build/bench."""
import os
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
VENV = BENCH / ".venv"
WORK = ROOT / "build" / "bench"
RELEASE = ROOT / "build" / "release"


def enter():
    """Starts the script again with bench/.venv's Python (made by bench/setup) unless it runs there already."""
    if pathlib.Path(sys.prefix).resolve() == VENV.resolve():
        WORK.mkdir(parents=True, exist_ok=True)
        return
    subprocess.run([BENCH / "setup"], check=True)
    python = VENV / "bin" / "python"
    os.execv(python, [str(python), *sys.argv])


def need_compiler():
    """The release build of this tree; says how to make it where it is missing."""
    if not (RELEASE / "bin" / "resnetc").exists():
        sys.exit("build/release/bin/resnetc is missing: run scripts/build release")
