"""The first pictures of Fashion-MNIST as a data set of their own:  idx.py FROM TO TRAIN TEST"""
import gzip
import pathlib
import struct
import sys

source, target, train, test = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
target.mkdir(parents=True, exist_ok=True)
for prefix, count in (("train", train), ("t10k", test)):
    for name in (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"):
        data = gzip.open(source / f"{name}.gz").read()
        rank = data[3]
        extents = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
        item = (len(data) - 4 - 4 * rank) // extents[0]
        head = data[:4] + struct.pack(f">{rank}I", count, *extents[1:])
        (target / name).write_bytes(head + data[4 + 4 * rank :][: count * item])
