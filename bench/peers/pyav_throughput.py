"""Decodes a file with PyAV: pyav_throughput.py FILE [THREAD_TYPE]"""
import sys

import av

from meter import Meter

meter = Meter()
container = av.open(sys.argv[1])
if len(sys.argv) > 2:
    container.streams.video[0].thread_type = sys.argv[2]
for frame in container.decode(video=0):
    meter.add(frame.to_ndarray(format="rgb24"))
meter.report()
