"""PyAV with a socket, a parser and the low_delay flag: pyav_latency.py HOST PORT SECONDS"""
import socket
import sys

import av

from recorder import Recorder

recorder = Recorder(float(sys.argv[3]))
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
codec = av.CodecContext.create("h264", "r")
codec.options = {"flags": "low_delay"}
running = True
while running:
    data = connection.recv(65536)
    if not data:
        break
    for packet in codec.parse(data):
        for frame in codec.decode(packet):
            running = running and recorder.add(frame.to_ndarray(format="rgb24"))
recorder.report()
