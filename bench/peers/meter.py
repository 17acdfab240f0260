"""Measures a loop over frames, from the first one on, and tells the figures that the bench reads."""
import json
import sys
import time

from recorder import read_counter

CHECK_EVERY = 30
CLIP_FRAMES = 150


class Meter:
    def __init__(self):
        self.frames = 0
        self.start = None

    def add(self, pixels):
        if self.start is None:
            self.start = (time.monotonic(), time.process_time())
        if self.frames % CHECK_EVERY == 0 and read_counter(pixels) != self.frames % CLIP_FRAMES:
            sys.exit(f"frame {self.frames} shows another picture")
        self.frames += 1

    def report(self):
        seconds = time.monotonic() - self.start[0]
        processor_ms = (time.process_time() - self.start[1]) * 1000
        json.dump({"frames": self.frames - 1, "seconds": seconds, "processorMs": processor_ms}, sys.stdout)
