"""Writes the pictures that PyAV decodes to stdout as rgb24: pyav_pictures.py URL [NAME=VALUE ...]"""
import sys

import av

options = dict(option.split("=", 1) for option in sys.argv[2:])
with av.open(sys.argv[1], options=options) as container:
    for frame in container.decode(video=0):
        sys.stdout.buffer.write(frame.to_ndarray(format="rgb24").tobytes())
        sys.stdout.buffer.flush()
