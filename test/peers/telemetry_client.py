"""Writes what a sender's telemetry tells to stdout, a line of JSON each: telemetry_client.py URL [MESSAGE ...]"""
import json
import sys
import threading
import time

import socketio

client = socketio.Client(reconnection=False)
# Each event comes in a thread of its own.
lock = threading.Lock()


def tell(event, value):
    with lock:
        print(json.dumps([event, value]), flush=True)


for name in ("hello", "telemetry", "message"):
    client.on(name, lambda value, name=name: tell(name, value))

client.connect(sys.argv[1], transports=["websocket"])
client.emit("subscribe", sys.argv[2:])
asked_at_ms = time.time() * 1000
answer = client.call("clock")
tell("clock", {"askedAtMs": asked_at_ms, "answeredAtMs": time.time() * 1000, **answer})
client.wait()
