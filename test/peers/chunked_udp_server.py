"""A server of chunked UDP as they are in the field: chunked_udp_server.py LONG FPS JPEG …

Sends the files over and over, each as the pickle of a numpy array; LONG is 4 or 8, the bytes of its numbers. Frames take
turns at pickle's protocols from 2 on; after them come an array of shape (n, 1), as cv2.imencode gives it on older systems,
and a file without pickle. Writes its port, and then what every client says.
"""
import itertools
import pickle
import select
import socket
import struct
import sys
import time

import numpy

CHUNK_BYTES = 1200
FORMATS = {4: ("<III", "<II"), 8: ("LLL", "LL")}
# The default receive buffer of Linux takes a burst of so many.
BURST = 16
KINDS = [2, 3, 4, 5, "column", "plain"]


def coded(path, kind):
    array = numpy.fromfile(path, numpy.uint8)
    if kind == "plain":
        return array.tobytes()
    if kind == "column":
        return pickle.dumps(array.reshape(-1, 1))
    return pickle.dumps(array, protocol=kind)


def datagrams(frame_id, frame, long_bytes):
    start_format, chunk_format = FORMATS[long_bytes]
    count = -(-len(frame) // CHUNK_BYTES)
    yield b"FRAME_START" + struct.pack(start_format, frame_id, len(frame), count)
    for index in range(count):
        payload = frame[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]
        yield b"CHUNK" + struct.pack(chunk_format, frame_id, index) + payload


class Server:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.clients = set()
        print(self.socket.getsockname()[1], flush=True)

    def listen(self, until):
        """Hears clients until that moment; what stands on the standard input's end ends the program."""
        while True:
            readable, _, _ = select.select([self.socket, sys.stdin], [], [], max(0.0, until - time.monotonic()))
            if not readable:
                return
            if sys.stdin in readable:
                sys.exit()
            words, client = self.socket.recvfrom(2048)
            print(words.decode(), flush=True)
            if words.startswith(b"REGISTER_CLIENT"):
                self.clients.add(client)
                self.socket.sendto(b"REGISTERED", client)
            elif words == b"DISCONNECT":
                self.clients.discard(client)

    def send(self, datagram):
        for client in self.clients:
            self.socket.sendto(datagram, client)


def main():
    long_bytes, fps, *paths = sys.argv[1:]
    # Every file in every way.
    frames = itertools.cycle(itertools.product(KINDS, paths))
    server = Server()
    begin = time.monotonic()
    frame_id = 0
    while True:
        kind, path = next(frames)
        for number, datagram in enumerate(datagrams(frame_id, coded(path, kind), int(long_bytes)), 1):
            server.send(datagram)
            if number % BURST == 0:
                server.listen(time.monotonic() + 0.001)
        frame_id += 1
        server.listen(begin + frame_id / float(fps))


main()
