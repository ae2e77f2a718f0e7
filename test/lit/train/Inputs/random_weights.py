"""Random weights of a network as safetensors:  random_weights.py RESNETC NET.rn NETWORK OUT [ZERO ...]

Parameters whose names end with one of ZERO are zero."""
import json
import re
import struct
import subprocess
import sys

import numpy

resnetc, net, network, out, *zero = sys.argv[1:]
listing = subprocess.run([resnetc, "compile", net, "--network", network, "--emit=rn", "-o", "-"], check=True,
                         capture_output=True, text=True).stdout
rng = numpy.random.default_rng(1)
header, data = {}, b""
for name, shape in sorted(set(re.findall(r'rn\.parameter "([^"]+)"[^\n]*tensor<((?:\d+x)*)f32>', listing))):
    extents = [int(extent) for extent in shape.split("x") if extent]
    tensor = rng.normal(0, 0.3, extents)
    if name.endswith("running_var"):
        tensor = numpy.abs(tensor) + 0.5
    if any(name.endswith(end) for end in zero):
        tensor = numpy.zeros(extents)
    raw = tensor.astype("<f4").tobytes()
    header[name] = {"dtype": "F32", "shape": extents, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
open(out, "wb").write(struct.pack("<Q", len(text)) + text + data)
