"""Every `rn` block of a Markdown file is a whole file that `resnetc check` accepts and `resnetc fmt` leaves as it is:
check_examples.py RESNETC FILE FOLDER.
A block that begins with '# NAME.rn' is saved under that name, for others to import."""
import pathlib
import re
import subprocess
import sys

resnetc, source, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
blocks = re.findall(r"^```rn\n(.*?)^```", source.read_text(), re.M | re.S)
folder.mkdir(parents=True, exist_ok=True)
failed = 0
for index, text in enumerate(blocks, 1):
    name = re.match(r"# (\w+\.rn)\n", text)
    path = folder / (name[1] if name else f"{source.stem}-{index}.rn")
    path.write_text(text)
    result = subprocess.run([resnetc, "check", path], capture_output=True, text=True)
    print(result.stdout, end="")
    if result.returncode == 0:
        result = subprocess.run([resnetc, "fmt", "--check", path], capture_output=True, text=True)
    if result.returncode:
        failed += 1
        print(f"{source.name}, example {index}:\n{result.stdout}{result.stderr}")
print(f"{source.name}: {len(blocks)} examples, {failed} failed")
sys.exit(failed > 0 or not blocks)
