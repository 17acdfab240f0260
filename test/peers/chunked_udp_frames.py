"""A client of chunked UDP as they are in the field: it knows REGISTER_CLIENT, numbers of 4 bytes, and nothing newer."""
import socket
import struct
import time

REGISTER, REGISTERED = b"REGISTER_CLIENT", b"REGISTERED"
KEEPALIVE, DISCONNECT = b"KEEPALIVE", b"DISCONNECT"
FRAME_START, CHUNK = b"FRAME_START", b"CHUNK"
START_FORMAT, CHUNK_FORMAT = "<III", "<II"
KEEPALIVE_S = 15
REGISTER_AGAIN_S = 1
MOST_PENDING = 8


class ChunkedUdpClient:
    """Registers at a server and puts frames together, with the receive buffer that the system gives by itself."""

    def __init__(self, host, port, register=REGISTER):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(REGISTER_AGAIN_S)
        # Who answers from another address or port is not heard, as behind most routers.
        self.socket.connect((host, port))
        self.words = register
        self.registered = False
        self.last_sign = 0.0
        self.pending = {}

    def frames(self, until=float("inf")):
        """Every frame as soon as its last chunk is there, as its bytes; to that moment of the monotonic clock."""
        self.register()
        while time.monotonic() < until:
            if time.monotonic() - self.last_sign >= KEEPALIVE_S:
                self.say(KEEPALIVE)
            try:
                datagram = self.socket.recv(65536)
            except (TimeoutError, ConnectionRefusedError):
                self.register()
                continue
            frame = self.take(datagram)
            if frame is not None:
                yield frame

    def register(self):
        self.say(self.words)

    def say(self, words):
        self.last_sign = time.monotonic()
        self.socket.send(words)

    def take(self, datagram):
        """A frame, where this datagram was the last that it lacked."""
        if datagram.startswith(CHUNK):
            return self.take_chunk(datagram)
        if datagram.startswith(FRAME_START):
            frame_id, size, count = struct.unpack(START_FORMAT, datagram[len(FRAME_START) :])
            self.pending[frame_id] = (size, count, {})
            while len(self.pending) > MOST_PENDING:
                del self.pending[next(iter(self.pending))]
        elif datagram == REGISTERED:
            self.registered = True
        return None

    def take_chunk(self, datagram):
        head = len(CHUNK) + struct.calcsize(CHUNK_FORMAT)
        frame_id, index = struct.unpack(CHUNK_FORMAT, datagram[len(CHUNK) : head])
        if frame_id not in self.pending:
            return None
        size, count, chunks = self.pending[frame_id]
        chunks[index] = datagram[head:]
        if len(chunks) < count:
            return None
        del self.pending[frame_id]
        frame = b"".join(chunks[number] for number in range(count))
        return frame if len(frame) == size else None
