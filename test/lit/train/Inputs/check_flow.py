"""check_flow.py FILE.json STEPS BLOCKS BATCH: records of those steps; each block's branch ends with a batch norm of scale 1
and shift 0 at step 0, so that its norm is sqrt(elements) of the map CxHxW of the batch."""
import json
import math
import sys

flow = json.load(open(sys.argv[1]))
steps = [int(step) for step in sys.argv[2].split(",")]
blocks = dict(block.split(":") for block in sys.argv[3].split(",") if block)
assert flow["steps"] == steps, flow["steps"]
assert len(flow["losses"]) == len(steps) and all(loss > 0 for loss in flow["losses"])
assert [block["name"] for block in flow["blocks"]] == list(blocks)
for block in flow["blocks"]:
    norm = math.sqrt(math.prod(int(extent) for extent in blocks[block["name"]].split("x")) * int(sys.argv[4]))
    assert abs(block["branch"][0] / norm - 1) < 1e-2, (block, norm)
    assert all(len(block[kind]) == len(steps) and min(block[kind]) > 0 for kind in ("gradient", "branch", "skip"))
names = [layer["name"] for layer in flow["layers"]]
assert names[0] == "conv1" and names[-1] == "fc", names
for layer in flow["layers"]:
    assert all(len(norms) == len(steps) and min(norms) > 0 for norms in layer["gradients"].values()), layer
assert flow["settings"]["batch"] == sys.argv[4]
