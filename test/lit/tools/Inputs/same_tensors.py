"""All tensors of one safetensors file are in another, bit for bit; what that has besides are counters of batch norms:
same_tensors.py WANTED GIVEN"""
import json
import struct
import sys

import numpy

TYPES = {"F32": "<f4", "I64": "<i8"}


def read(path):
    data = open(path, "rb").read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        assert begin == end, f"a gap before {name}"
        end = stop
        raw = data[8 + size + begin : 8 + size + stop]
        tensors[name] = numpy.frombuffer(raw, TYPES[entry["dtype"]]).reshape(entry["shape"])
    assert 8 + size + end == len(data)
    return tensors


wanted, given = (read(path) for path in sys.argv[1:])
for name, tensor in wanted.items():
    assert given[name].dtype == tensor.dtype and given[name].shape == tensor.shape, name
    assert given[name].tobytes() == tensor.tobytes(), name
norms = {name[: -len(".running_var")] for name in wanted if name.endswith(".running_var")}
for name in set(given) - set(wanted):
    assert name.endswith(".num_batches_tracked") and name[: -len(".num_batches_tracked")] in norms, name
    assert given[name].shape == () and given[name] == 0
for norm in norms:
    assert norm + ".num_batches_tracked" in given
