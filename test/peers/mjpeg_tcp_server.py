"""Sends MJPEG over TCP as servers in the field do: mjpeg_tcp_server.py FOLDER FORMAT:PROTOCOL ...

Encodes the pictures in FOLDER anew and leaves them there as NAME.sent. Tells its port, and then sends them all to one
client after another: with the length in the format (of Python's struct) and the pickle by the protocol that come next,
and each second picture in the shape that OpenCV gave before its version 4.5.
"""
import pickle
import socket
import struct
import sys
from pathlib import Path

import cv2

pictures = []
for path in sorted(Path(sys.argv[1]).glob("*.jpg")):
    encoded = cv2.imencode(".jpg", cv2.imread(str(path)), [cv2.IMWRITE_JPEG_QUALITY, 90])[1].reshape(-1)
    encoded.tofile(path.with_suffix(".sent"))
    pictures.append(encoded if len(pictures) % 2 == 0 else encoded.reshape(-1, 1))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("127.0.0.1", 0))
server.listen(5)
print(server.getsockname()[1], flush=True)
for way in sys.argv[2:]:
    length_format, protocol = way.split(":")
    connection, _ = server.accept()
    with connection:
        for picture in pictures:
            data = pickle.dumps(picture, protocol=int(protocol))
            connection.sendall(struct.pack(length_format, len(data)) + data)
