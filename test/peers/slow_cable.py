"""A cable between two network namespaces that takes its time: SENDER_NAMESPACE RECEIVER_NAMESPACE DEVICE ADDRESS ADDRESS.

It is made of two TUN devices. Lines on the standard input say how it is: "delay MS", each way, and "loss PERCENT", "reorder
PERCENT" and "duplicate PERCENT", of the packets that go to the receiver or come from it; at first it is quick and whole. A
line on the standard output tells that it is up. It is gone when the standard input ends.
"""
import fcntl
import heapq
import itertools
import os
import random
import select
import struct
import subprocess
import sys
import time

SET_INTERFACE = 0x400454CA
TUN = 0x0001
NO_HEADER = 0x1000
MOST_HELD = 20_000
# What is to be overtaken by others comes so much later.
OVERTAKEN_S = 0.003


def open_end(namespace: str, device: str, address: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    # A name of its own until it is in its namespace: both are made in this one.
    name = f"{device[:5]}{os.getpid() % 100_000}{address[-1]}"
    fcntl.ioctl(end, SET_INTERFACE, struct.pack("16sH", name.encode(), TUN | NO_HEADER))
    run("ip", "link", "set", name, "netns", namespace, "name", device)
    run("ip", "-n", namespace, "addr", "add", f"{address}/24", "dev", device)
    run("ip", "-n", namespace, "link", "set", device, "up")
    return end


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def main() -> None:
    sender, receiver, device, *addresses = sys.argv[1:]
    ends = [open_end(name, device, address) for name, address in zip((sender, receiver), addresses)]
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    print("up", flush=True)
    delay, shares = 0.0, {b"loss": 0.0, b"reorder": 0.0, b"duplicate": 0.0}
    order = itertools.count()
    held: list[tuple[float, int, int, bytes]] = []
    while True:
        wait = max(0.0, held[0][0] - time.monotonic()) if held else None
        readable, _, _ = select.select([*ends, 0], [], [], wait)
        if 0 in readable:
            # Not by lines: what is read ahead would be seen only with the next one.
            told = os.read(0, 4_096).split()
            if not told:
                return
            for name, value in zip(told[::2], told[1::2]):
                if name == b"delay":
                    delay = float(value) / 1_000
                else:
                    shares[name] = float(value) / 100
        for end in readable:
            if end == 0:
                continue
            try:
                packet = os.read(end, 65_536)
            except OSError:
                continue
            if random.random() < shares[b"loss"]:
                continue
            for _ in range(1 + (random.random() < shares[b"duplicate"])):
                late = OVERTAKEN_S if random.random() < shares[b"reorder"] else 0.0
                if len(held) < MOST_HELD:
                    heapq.heappush(held, (time.monotonic() + delay + late, next(order), other[end], packet))
        while held and held[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(held)
            try:
                os.write(end, packet)
            except OSError:
                # The far end is down.
                pass


main()
