"""Writes picture INDEX of an IDX file (gzip) as a grey PNG: png.py IDX.gz INDEX OUT.png"""
import gzip
import struct
import sys
import zlib

data = gzip.open(sys.argv[1]).read()
height, width = struct.unpack(">II", data[8:16])
begin = 16 + int(sys.argv[2]) * height * width
rows = [data[begin + y * width : begin + (y + 1) * width] for y in range(height)]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
body = zlib.compress(b"".join(b"\0" + row for row in rows))
open(sys.argv[3], "wb").write(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
)
