"""Prints the scalars of a TensorBoard event file, by its specification alone:  read_events.py FILE STEPS-AN-EPOCH EPOCHS

Exits with an error if the framing, a checksum or protobuf's wire format is wrong, or an event is missing."""
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        length, checksum = struct.unpack_from("<QI", data)
        assert checksum == masked(data[:8]), "length's checksum"
        body = data[12 : 12 + length]
        assert len(body) == length and struct.unpack_from("<I", data, 12 + length)[0] == masked(body), "checksum"
        yield body
        data = data[16 + length :]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(kind)
            if size is None:
                assert kind == 2, f"wire type {kind}"
                size, at = varint(data, at)
            value, at = data[at : at + size], at + size
            assert len(value) == size
        yield key >> 3, value


steps_an_epoch, epochs = int(sys.argv[2]), int(sys.argv[3])
seen = []
for event in map(lambda record: dict(fields(record)), records(open(sys.argv[1], "rb").read())):
    assert struct.unpack("<d", event[1])[0] > 1e9, "seconds since 1970"
    if 3 in event:
        print(event[3].decode())
        continue
    for number, value in fields(event[5]):
        scalar = dict(fields(value))
        assert number == 1
        seen.append((event[2], scalar[1].decode()))
        print("step", event[2], scalar[1].decode(), struct.unpack("<f", scalar[2])[0])
assert [step for step, tag in seen if tag == "train/loss"] == list(range(1, steps_an_epoch * epochs + 1)), seen
assert [step for step, tag in seen if tag == "validation/top1"] == [steps_an_epoch * (i + 1) for i in range(epochs)]
