"""Many RTSP clients in one process, which throw away what they get: rtsp_drain.py URL tcp|udp CLIENTS SECONDS

Tells how late each picture's last packet was, by the stream's own timestamps against the quickest packet of all, and
how many pictures did not come whole. Every client must see the same timestamps, as it is where all share one stream.
"""
import json
import resource
import select
import socket
import struct
import sys
import time
from urllib.parse import urlsplit

TICKS_PER_MS = 90
FPS = 30
BETWEEN_CLIENTS_S = 0.002
SETTLING_S = 1.5
# What is still on its way when the time is over may arrive for so long.
GRACE_S = 0.5
RECEIVE_BYTES = 1 << 20
LATE_MS = 250
FIRST_UDP_PORT = 20_000
DOLLAR = 0x24
MARKER = 0x80

buffer = bytearray(RECEIVE_BYTES)
view = memoryview(buffer)


class Client:
    """One connection that is ready to play."""

    def __init__(self, url, udp_port):
        self.seen = []
        self.sequence = None
        self.whole = True
        self.pending = b""
        address = urlsplit(url)
        self.control = socket.create_connection((address.hostname, address.port), timeout=10)
        self.replies = b""
        self.requests = 0
        self.rtp = self.rtcp = None
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        if udp_port is not None:
            self.rtp, self.rtcp = (bound(address.hostname, port) for port in (udp_port, udp_port + 1))
            transport = f"RTP/AVP;unicast;client_port={udp_port}-{udp_port + 1}"
        _, sdp = self.ask("DESCRIBE", url, {"Accept": "application/sdp"})
        track = [line[10:] for line in sdp.splitlines() if line.startswith("a=control:")][-1]
        track = track if track.startswith("rtsp://") else f"{url.rstrip('/')}/{track}"
        headers, _ = self.ask("SETUP", track, {"Transport": transport})
        self.session = headers["session"].split(";")[0]
        self.url = url
        self.media = self.rtp or self.control

    def play(self):
        """Does not wait for the reply, which may take up to the next keyframe."""
        self.send("PLAY", self.url, {"Session": self.session, "Range": "npt=0.000-"})
        self.media.setblocking(False)

    def send(self, method, url, headers):
        self.requests += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self.requests}", *(f"{k}: {v}" for k, v in headers.items())]
        self.control.sendall("\r\n".join([*lines, "", ""]).encode())

    def ask(self, method, url, headers):
        self.send(method, url, headers)
        while b"\r\n\r\n" not in self.replies:
            self.receive_reply(method)
        head, _, self.replies = self.replies.partition(b"\r\n\r\n")
        status, *fields = head.decode("latin1").split("\r\n")
        if " 200 " not in f"{status} ":
            raise RuntimeError(f"{method}: {status}")
        named = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        length = int(named.get("content-length", 0))
        while len(self.replies) < length:
            self.receive_reply(method)
        body, self.replies = self.replies[:length], self.replies[length:]
        return named, body.decode("latin1")

    def receive_reply(self, method):
        data = self.control.recv(65536)
        if not data:
            raise RuntimeError(f"{method}: the server closed the connection")
        self.replies += data

    def packet(self, at, now_ms):
        """An RTP packet is whole; it begins at `at` in the buffer."""
        second, sequence, timestamp = struct.unpack_from("!xBHI", buffer, at)
        if self.sequence is not None and sequence != (self.sequence + 1) & 0xFFFF:
            self.whole = False
        self.sequence = sequence
        if second & MARKER:
            if self.whole:
                self.seen.append((timestamp, now_ms))
            self.whole = True

    def read_udp(self):
        try:
            while True:
                count = self.media.recv_into(buffer)
                if count >= 12:
                    self.packet(0, time.monotonic() * 1000)
        except BlockingIOError:
            pass

    def read_tcp(self):
        kept = len(self.pending)
        buffer[:kept] = self.pending
        try:
            count = self.media.recv_into(view[kept:])
        except BlockingIOError:
            return
        if count == 0:
            raise RuntimeError("the server closed a connection")
        self.take(kept + count)

    def take(self, end):
        """Takes interleaved frames apart, and keeps what is not whole for the next time."""
        now_ms = time.monotonic() * 1000
        at = 0
        while end - at >= 4:
            if buffer[at] != DOLLAR:
                at = self.take_reply(at, end)
                if at is None:
                    return
                continue
            after = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
            if after > end:
                break
            if buffer[at + 1] == 0:
                self.packet(at + 4, now_ms)
            at = after
        self.pending = bytes(view[at:end])

    def take_reply(self, at, end):
        """Where it ends; None while it is not whole."""
        stop = buffer.find(b"\r\n\r\n", at, end)
        if stop < 0:
            self.pending = bytes(view[at:end])
            return None
        if not buffer.startswith(b"RTSP/1.0 200", at):
            raise RuntimeError(f"PLAY: {bytes(view[at : at + 60])}")
        return stop + 4


def bound(host, port):
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    opened.bind((host, port))
    return opened


def drain(poller, readers, until):
    while time.monotonic() < until:
        for descriptor, _ in poller.poll(0.05):
            readers[descriptor]()


def since(timestamp, origin):
    """Ticks from one timestamp of 32 bits to another, which may be before it."""
    return (timestamp - origin + (1 << 31)) % (1 << 32) - (1 << 31)


def report(clients, window):
    """What came of the pictures whose time lay in the window (milliseconds), of which everybody must have every one."""
    origin = clients[0].seen[0][0]
    zero = min(now - since(stamp, origin) / TICKS_PER_MS for client in clients for stamp, now in client.seen)
    wanted, per_client, lateness = set(), [], []
    for client in clients:
        own = set()
        for stamp, now in client.seen:
            due = zero + since(stamp, origin) / TICKS_PER_MS
            if window[0] <= due < window[1]:
                own.add(stamp)
                lateness.append(now - due)
        wanted |= own
        per_client.append(len(own))
    # Pictures that nobody got count as well; one may lie on the window's edge.
    pictures = max(len(wanted), int((window[1] - window[0]) / 1000 * FPS) - 1)
    lateness.sort()
    return {
        "pictures": pictures,
        "missing": sum(pictures - count for count in per_client),
        "late": sum(value > LATE_MS for value in lateness),
        "p50": lateness[len(lateness) // 2],
        "p99": lateness[len(lateness) * 99 // 100],
        "max": lateness[-1],
    }


def main():
    url, transport, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    ports = [FIRST_UDP_PORT + 2 * index if transport == "udp" else None for index in range(count)]
    clients = [Client(url, port) for port in ports]
    poller = select.epoll()
    readers = {}
    for client in clients:
        client.play()
        readers[client.media.fileno()] = client.read_udp if transport == "udp" else client.read_tcp
        poller.register(client.media.fileno(), select.EPOLLIN)
        drain(poller, readers, time.monotonic() + BETWEEN_CLIENTS_S)
    drain(poller, readers, time.monotonic() + SETTLING_S)
    print("begin", flush=True)
    begin, used = time.monotonic(), time.process_time()
    drain(poller, readers, begin + seconds)
    print("end", flush=True)
    processor = (time.process_time() - used) / (time.monotonic() - begin)
    end = time.monotonic()
    drain(poller, readers, end + GRACE_S)
    result = report(clients, (begin * 1000, end * 1000))
    print(json.dumps({**result, "drainProcessor": processor}), flush=True)


main()
