"""Weights for a network as safetensors, all zero but variances and one bias: weights_of.py RESNETC NET.rn OUT

The network's answer is class 3, whatever it sees: logits 0, with 1 for that class."""
import json
import re
import struct
import subprocess
import sys

import numpy

resnetc, network, out = sys.argv[1:]
ir = subprocess.run([resnetc, "compile", network, "--emit=rn"], check=True, capture_output=True, text=True).stdout
header, data = {}, b""
for name, shape in re.findall(r'rn\.parameter "([^"]+)".*: tensor<([0-9x]+)xf32>', ir):
    extents = [int(extent) for extent in shape.split("x")]
    tensor = numpy.full(extents, 1.0 if name.endswith("running_var") else 0.0, "<f4")
    if name == "fc.bias":
        tensor[3] = 1
    header[name] = {"dtype": "F32", "shape": extents, "data_offsets": [len(data), len(data) + tensor.nbytes]}
    data += tensor.tobytes()
text = json.dumps(header).encode()
open(out, "wb").write(struct.pack("<Q", len(text)) + text + data)
