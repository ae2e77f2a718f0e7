"""Random weights for any network: weights.py RESNETC NETWORK.rn OUT.safetensors"""
import json
import re
import struct
import subprocess
import sys

import numpy

ir = subprocess.run([sys.argv[1], "compile", sys.argv[2], "--emit=rn"], check=True, capture_output=True, text=True)
rng = numpy.random.default_rng(0)
header, data = {}, b""
for name, shape in re.findall(r'rn\.parameter "([^"]+)".*: tensor<([0-9x]+)xf32>', ir.stdout):
    extents = [int(extent) for extent in shape.split("x")]
    raw = rng.uniform(0.01, 0.2, extents).astype("<f4").tobytes()
    header[name] = {"dtype": "F32", "shape": extents, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
open(sys.argv[3], "wb").write(struct.pack("<Q", len(text)) + text + data)
