"""contains.py MARKDOWN OUTPUT: some fenced block of the Markdown file is the output, but for a line that counts errors."""
import pathlib
import re
import sys

markdown, output = (pathlib.Path(name).read_text() for name in sys.argv[1:])
output = "".join(line for line in output.splitlines(True) if not re.match(r"\d+ errors?\b", line))
if output not in re.findall(r"^```\w*\n(.*?)^```", markdown, re.M | re.S):
    sys.exit(f"{sys.argv[1]} does not show:\n{output}")
