"""Shows MJPEG over TCP as clients in the field do: mjpeg_tcp_client.py HOST PORT FORMAT PAYLOAD

FORMAT is that of the length for Python's struct, PAYLOAD "pickle" or "jpeg". Writes the pictures to stdout, as they lie
in memory.
"""
import pickle
import socket
import struct
import sys

import cv2
import numpy

host, port, length_format, payload = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
length_size = struct.calcsize(length_format)
connection = socket.create_connection((host, port))
data = b""


def receive(size):
    global data
    while len(data) < size:
        packet = connection.recv(4096)
        if not packet:
            sys.exit("the sender closed the connection")
        data += packet
    taken, data = data[:size], data[size:]
    return taken


while True:
    (size,) = struct.unpack(length_format, receive(length_size))
    frame = receive(size)
    encoded = pickle.loads(frame) if payload == "pickle" else numpy.frombuffer(frame, numpy.uint8)
    sys.stdout.buffer.write(cv2.imdecode(encoded, cv2.IMREAD_COLOR).tobytes())
    sys.stdout.buffer.flush()
