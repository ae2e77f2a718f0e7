# How often the convolutions of a bench --json run: layer, blocks, images, executions. Executions are counted in flops.
import json, sys

result = json.load(open(sys.argv[1]))
for row in result["layers"]:
    if row["kernel"].startswith("conv2d"):
        print(row["layer"], row["blocks"], row["images"], row["executions"])
if sum(row["flops"] for row in result["layers"]) == result["flops"]:
    print("the layers' flops are the run's")
