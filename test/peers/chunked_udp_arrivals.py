"""Watches which frames of chunked UDP come to this machine whole: chunked_udp_arrivals.py

It sees what the programs here see: datagrams that the firewall drops are not among it. Says "listening"; when its standard
input ends, tells by a line of JSON how many frames came whole, of how many everything but the announcement came, and how
many were seen at all.
"""
import json
import select
import socket
import struct
import sys

UDP_HEADER_BYTES = 8
# Beyond what the system allows everybody; needs root, as the raw socket does.
SO_RCVBUFFORCE = 33
RECEIVE_BYTES = 32 << 20
CHUNK_BYTES = 1200


class Arrivals:
    def __init__(self):
        self.counts = {}
        self.chunks = {}
        self.ends = {}

    def take(self, data):
        if data.startswith(b"FRAME_START") and len(data) == 23:
            frame_id, _, count = struct.unpack("<III", data[11:])
            self.counts[frame_id] = count
            self.chunks.setdefault(frame_id, set())
        elif data.startswith(b"CHUNK"):
            frame_id, index = struct.unpack("<II", data[5:13])
            self.chunks.setdefault(frame_id, set()).add(index)
            if len(data) - 13 < CHUNK_BYTES:
                self.ends[frame_id] = index + 1

    def report(self):
        whole = [i for i, chunks in self.chunks.items() if self.counts.get(i) == len(chunks)]
        headless = [i for i, chunks in self.chunks.items() if i not in self.counts and self.ends.get(i) == len(chunks)]
        return {"whole": len(whole), "withoutStart": len(headless), "seen": len(self.chunks)}


def main():
    opened = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES)
    arrivals = Arrivals()
    print("listening", flush=True)
    while True:
        readable, _, _ = select.select([opened, sys.stdin], [], [])
        # What is here already counts, even when the end is told.
        if opened in readable:
            packet = opened.recv(65536)
            arrivals.take(packet[(packet[0] & 15) * 4 + UDP_HEADER_BYTES :])
        elif not sys.stdin.buffer.read1(1):
            break
    print(json.dumps(arrivals.report()), flush=True)


main()
