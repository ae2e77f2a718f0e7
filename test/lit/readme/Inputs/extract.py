"""Takes README.md apart: extract.py README FOLDER writes net.rn, main.c and commands.sh, which its blocks hold."""
import pathlib
import re
import sys

readme = pathlib.Path(sys.argv[1]).read_text()
folder = pathlib.Path(sys.argv[2])
blocks = re.findall(r"^```(\w*)\n(.*?)^```", readme, re.M | re.S)


def only(language, word):
    found = [text for name, text in blocks if name == language and word in text]
    assert len(found) == 1, f"README.md has {len(found)} '{language}' blocks with '{word}'"
    return found[0]


(folder / "net.rn").write_text(only("rn", "network net"))
(folder / "commands.sh").write_text("set -ex\n" + only("", "resnetc compile"))
body = only("c", "net_run")
statements = [line for line in body.splitlines() if not line.startswith("#")]
(folder / "main.c").write_text(
    '#include "net.h"\n#include <stdio.h>\nstatic unsigned char picture[28 * 28];\nint main(void) {\n'
    + "\n".join(statements)
    + '\n  printf("status %d, logit %f\\n", status, (double)logits[0]);\n  return status;\n}\n'
)
