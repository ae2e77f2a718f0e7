"""Says of two safetensors files which tensors have the same bytes:  same_tensors.py A B"""
import json
import struct
import sys


def read(path):
    data = open(path, "rb").read()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    body = data[8 + size :]
    return {name: (entry["shape"], body[slice(*entry["data_offsets"])]) for name, entry in header.items()}


a, b = read(sys.argv[1]), read(sys.argv[2])
for name in sorted(a.keys() | b.keys()):
    if name not in a or name not in b:
        print(name, "only in the", "first" if name in a else "second")
    else:
        print(name, "same" if a[name] == b[name] else "differs")
