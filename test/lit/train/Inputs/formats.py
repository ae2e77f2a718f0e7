"""A small IDX data set in the other formats: formats.py IDX NPY PICTURES [CLASS NAMES]

PICTURES/{train,test}/<class>/NNNN.png, classes c0 to c9; or the given names in place of c0, c1, …"""
import pathlib
import struct
import sys
import zlib

import numpy

idx, npy, pictures = (pathlib.Path(path) for path in sys.argv[1:4])
names = sys.argv[4:] + [f"c{c}" for c in range(len(sys.argv) - 4, 10)]


def read(name):
    data = (idx / name).read_bytes()
    extents = struct.unpack(f">{data[3]}I", data[4 : 4 + 4 * data[3]])
    return numpy.frombuffer(data, "u1", -1, 4 + 4 * data[3]).reshape(extents)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(picture):
    height, width = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in picture))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


npy.mkdir()
for part, prefix in (("train", "train"), ("test", "t10k")):
    images, labels = read(f"{prefix}-images-idx3-ubyte"), read(f"{prefix}-labels-idx1-ubyte")
    numpy.save(npy / f"{part}-images.npy", images[:, None])
    numpy.save(npy / f"{part}-labels.npy", labels.astype("i8"))
    for i, (image, label) in enumerate(zip(images, labels)):
        file = pictures / part / names[label] / f"{i:04}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(image))
