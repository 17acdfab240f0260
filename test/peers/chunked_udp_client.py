"""Takes frames from a server of chunked UDP: chunked_udp_client.py HOST PORT FRAMES [WORDS]

WORDS go out in place of REGISTER_CLIENT. Without any, frames are pickles of numpy arrays, and are loaded as such. Tells
each by a line of JSON: what it is, its MD5, and the shape of the picture that OpenCV sees in it, if any.
"""
import hashlib
import json
import pickle
import sys

import cv2
import numpy

from chunked_udp_frames import REGISTER, ChunkedUdpClient


def described(frame, is_pickle):
    array = pickle.loads(frame) if is_pickle else numpy.frombuffer(frame, numpy.uint8)
    picture = cv2.imdecode(array, cv2.IMREAD_COLOR) if array[:2].tobytes() == b"\xff\xd8" else None
    return {
        "type": str(array.dtype),
        "shape": array.shape,
        "hash": hashlib.md5(array.tobytes()).hexdigest(),
        # What pickle itself would have written.
        "exact": not is_pickle or pickle.dumps(array, protocol=3) == frame,
        "picture": None if picture is None else picture.shape,
    }


def main():
    host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    words = sys.argv[4].encode() if len(sys.argv) > 4 else REGISTER
    client = ChunkedUdpClient(host, port, words)
    for number, frame in enumerate(client.frames(), 1):
        print(json.dumps(described(frame, words == REGISTER)), flush=True)
        if number == count:
            break


main()
