"""Which tensors two safetensors files have alike:  tensors.py A B"""
import json
import struct
import sys


def read(path):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {name: (entry["shape"], body[slice(*entry["data_offsets"])]) for name, entry in header.items()}


first, second = read(sys.argv[1]), read(sys.argv[2])
assert first.keys() == second.keys()
for name in first:
    print(f"{name}: {'same' if first[name] == second[name] else 'other'}")
