"""Many clients of chunked UDP in one process: chunked_udp_drain.py HOST PORT CLIENTS SECONDS FPS

Each has a socket with the buffer that the system gives by itself, takes pickles, and puts every frame together. Pictures
bear their number in a comment; see bench/clip/read-jpeg-clip.ts. Says "begin" and "end", then what came meanwhile.
"""
import json
import select
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "test" / "peers"))
from chunked_udp_frames import DISCONNECT, ChunkedUdpClient

CLIP_FRAMES = 150
LABEL, DIGITS, LABEL_WITHIN = b"picture ", 6, 256
SETTLING_S = 1.5


def number_of(frame):
    at = frame.index(LABEL, 0, LABEL_WITHIN) + len(LABEL)
    return int(frame[at : at + DIGITS])


def drain(poller, clients, until, seen):
    while time.monotonic() < until:
        for descriptor, _ in poller.poll(0.05):
            client, numbers = clients[descriptor], seen[descriptor]
            try:
                while True:
                    frame = client.take(client.socket.recv(2048))
                    if frame is not None:
                        numbers.append(number_of(frame))
            except BlockingIOError:
                pass


def gaps(numbers):
    return sum((after - before - 1) % CLIP_FRAMES for before, after in zip(numbers, numbers[1:]))


def main():
    host, port, count, seconds, fps = sys.argv[1], *map(float, sys.argv[2:])
    poller = select.epoll()
    clients = {}
    for _ in range(int(count)):
        client = ChunkedUdpClient(host, int(port))
        client.register()
        client.socket.setblocking(False)
        clients[client.socket.fileno()] = client
        poller.register(client.socket.fileno(), select.EPOLLIN)
    unheeded = {descriptor: [] for descriptor in clients}
    drain(poller, clients, time.monotonic() + SETTLING_S, unheeded)
    seen = {descriptor: [] for descriptor in clients}
    print("begin", flush=True)
    begin, used = time.monotonic(), time.process_time()
    drain(poller, clients, begin + seconds, seen)
    print("end", flush=True)
    elapsed = time.monotonic() - begin
    processor = (time.process_time() - used) / elapsed
    for client in clients.values():
        client.say(DISCONNECT)
    # One may lie on the edge.
    pictures = int(elapsed * fps) - 1
    missing = sum(max(gaps(numbers), pictures - len(numbers), 0) for numbers in seen.values())
    print(json.dumps({"pictures": pictures, "missing": missing, "drainProcessor": processor}), flush=True)


main()
