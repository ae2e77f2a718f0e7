"""Writes random weights for tiny.rn as safetensors: weights.py OUT [SEED]"""
import json
import struct
import sys

import numpy

rng = numpy.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
tensors = {}


def conv(name, out, inputs, kernel):
    scale = (2 / (inputs * kernel * kernel)) ** 0.5
    tensors[name + ".weight"] = rng.normal(0, scale, (out, inputs, kernel, kernel))


def batch_norm(name, channels):
    tensors[name + ".weight"] = rng.uniform(0.5, 1.5, channels)
    tensors[name + ".bias"] = rng.normal(0, 0.1, channels)
    tensors[name + ".running_mean"] = rng.normal(0, 0.1, channels)
    tensors[name + ".running_var"] = rng.uniform(0.5, 1.5, channels)


conv("conv1", 16, 3, 3)
batch_norm("bn1", 16)
conv("layer1.0.conv1", 24, 16, 3)
batch_norm("layer1.0.bn1", 24)
conv("layer1.0.conv2", 24, 24, 3)
batch_norm("layer1.0.bn2", 24)
conv("layer1.0.downsample.0", 24, 16, 1)
batch_norm("layer1.0.downsample.1", 24)
tensors["fc.weight"] = rng.normal(0, 0.2, (5, 24))
tensors["fc.bias"] = rng.normal(0, 0.1, 5)

header, data = {}, b""
for name, tensor in tensors.items():
    raw = tensor.astype("<f4").tobytes()
    header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
open(sys.argv[1], "wb").write(struct.pack("<Q", len(text)) + text + data)
