"""Of the tensors of two safetensors files those of the named layers are equal, and all others are not:
changed_tensors.py BEFORE AFTER FROZEN..."""
import json
import struct
import sys


def read(path):
    data = open(path, "rb").read()
    (size,) = struct.unpack("<Q", data[:8])
    entries = json.loads(data[8 : 8 + size])
    entries.pop("__metadata__", None)
    place = lambda entry: [8 + size + offset for offset in entry["data_offsets"]]
    return {name: data[place(entry)[0] : place(entry)[1]] for name, entry in entries.items()}


before, after = read(sys.argv[1]), read(sys.argv[2])
frozen = {name for name in before if any(name.startswith(layer + ".") for layer in sys.argv[3:])}
assert frozen and frozen != set(before)
for name, tensor in before.items():
    assert (after[name] == tensor) == (name in frozen), name
