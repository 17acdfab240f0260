"""PyAV on an RTSP stream, with the options that cost it the least time: pyav_rtsp_latency.py URL SECONDS"""
import sys

import av

from recorder import Recorder

recorder = Recorder(float(sys.argv[2]))
options = {"rtsp_transport": "tcp", "probesize": "32", "analyzeduration": "0", "flags": "low_delay"}
container = av.open(sys.argv[1], options=options)
codec = container.streams.video[0].codec_context
codec.thread_count = 1
codec.flags |= av.codec.context.Flags.LOW_DELAY
for frame in container.decode(video=0):
    if not recorder.add(frame.to_ndarray(format="rgb24")):
        break
recorder.report()
