"""Reads pickles of arrays from stdin and writes every pickle of their bytes to stdout.

Each record is a number of 4 bytes, little-endian, and as many bytes. What is written is two records: a title in JSON, a
list [kind, number of the array or -1, protocol], and the pickle.
"""
import builtins
import collections
import io
import json
import os
import pickle
import pickletools
import struct
import sys

import cv2
import numpy


class Calls:
    """Its pickle makes who reads it call something."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


def read_records():
    stdin = sys.stdin.buffer
    while head := stdin.read(4):
        yield stdin.read(*struct.unpack("<L", head))


def write_records(kind, number, protocol, data):
    for record in (json.dumps([kind, number, protocol]).encode(), data):
        sys.stdout.buffer.write(struct.pack("<L", len(record)) + record)


def echo(number, array):
    assert array.dtype == numpy.uint8 and array.ndim == 1, "no array of bytes"
    content = array.tobytes()
    kinds = {
        "array": array,
        "read-only": numpy.frombuffer(content, numpy.uint8),
        "column": array.reshape(-1, 1),
        "gaps": numpy.repeat(array, 2)[::2],
        "bytes": content,
        "bytearray": bytearray(content),
    }
    for protocol in (2, 3, 4, 5):
        for kind, value in kinds.items():
            write_records(kind, number, protocol, pickle.dumps(value, protocol=protocol))
        in_python = io.BytesIO()
        pickle._Pickler(in_python, protocol).dump(array)
        write_records("Pickler in Python", number, protocol, in_python.getvalue())
        write_records("optimised", number, protocol, pickletools.optimize(pickle.dumps(array, protocol=protocol)))


def encode():
    """What programs with a camera pickle."""
    picture = numpy.random.default_rng(1).integers(0, 256, (480, 640, 3), numpy.uint8)
    for protocol in (2, 3, 4, 5):
        write_records("imencode", -1, protocol, pickle.dumps(cv2.imencode(".jpg", picture)[1], protocol=protocol))


def attack(jpeg):
    hostile = {
        "os.system": Calls(os.system, ("exit 1",)),
        "builtins.eval": Calls(builtins.eval, ("1",)),
        "getattr": Calls(getattr, (jpeg, "tofile")),
        "numpy.load": Calls(numpy.load, ("/dev/null",)),
        "a class of its own": Calls(Calls, ()),
        "state": Calls(bytearray, (b"\xff\xd8",), {"state": Calls(os.getcwd, ())}),
        "array with a call inside": numpy.array([Calls(os.getcwd, ())], object),
        "float64": jpeg.astype(numpy.float64),
        "int8": jpeg.astype(numpy.int8),
        "two JPEGs": numpy.stack([jpeg, jpeg]),
        "row": jpeg.reshape(1, -1),
        "list": [jpeg],
        "pair": (True, jpeg),
        "dict": {"frame": jpeg},
        "OrderedDict": collections.OrderedDict(frame=jpeg),
        "number": 2**100000,
        "text": "\xff\xd8",
        "matrix": numpy.matrix(jpeg),
        "scalar": jpeg[0],
    }
    for protocol in (2, 3, 4, 5):
        for kind, value in hostile.items():
            write_records(kind, -1, protocol, pickle.dumps(value, protocol=protocol))


arrays = [pickle.loads(record) for record in read_records()]
for number, array in enumerate(arrays):
    echo(number, array)
encode()
write_records("hostile from here on", -1, 0, b"")
attack(arrays[-1][:1000])
