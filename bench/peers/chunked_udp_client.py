"""A client of chunked UDP as they are in the field, with pickle and OpenCV: chunked_udp_client.py HOST PORT SECONDS"""
import pickle
import sys
from pathlib import Path

import cv2

from recorder import Recorder

sys.path.append(str(Path(__file__).parents[2] / "test" / "peers"))
from chunked_udp_frames import ChunkedUdpClient

recorder = Recorder(float(sys.argv[3]))
for frame in ChunkedUdpClient(sys.argv[1], int(sys.argv[2])).frames():
    pixels = cv2.cvtColor(cv2.imdecode(pickle.loads(frame), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    if not recorder.add(pixels):
        break
recorder.report()
