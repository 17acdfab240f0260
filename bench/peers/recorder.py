"""What the Python peers share: reading a picture's number, and the report that the bench reads."""
import json
import os
import sys
import time

LONGEST_WAIT_S = 15.0
COLUMNS, ROWS, FIRST_BIT, BITS = 40, 30, 2, 32


def read_counter(pixels):
    """The number in the top row of a picture of shape (height, width, 3); see server/cameras/frame-counter.ts."""
    height, width = pixels.shape[:2]
    row = pixels[height // ROWS // 2, :, 0]
    levels = [int(row[int((cell + 0.5) * width / COLUMNS)]) for cell in range(COLUMNS)]
    threshold = (levels[0] + levels[1]) / 2
    bits = [int(level > threshold) for level in levels]
    value = int("".join(map(str, bits[FIRST_BIT : FIRST_BIT + BITS])), 2)
    check = 0
    for shift in range(0, BITS, 4):
        check ^= (value >> shift) & 15
    intact = levels[0] - levels[1] >= 64 and bits[38:] == [0, 1]
    return value if intact and check == int("".join(map(str, bits[34:38])), 2) else None


def wait_for_start():
    """Returns at the moment that this process was told to begin; see bench/processes/start-moment.ts."""
    told = os.environ.get("BENCH_START_PHASE_MS")
    if told is not None:
        time.sleep((float(told) / 1000 - time.monotonic()) % 1.0)


class Recorder:
    """Notes frames until the time is over."""

    def __init__(self, seconds):
        wait_for_start()
        self.seconds = seconds
        self.started = time.monotonic()
        self.until = self.started + LONGEST_WAIT_S
        self.frames = []

    def add(self, pixels):
        """Notes a frame that is here now; false when the time is over."""
        now = time.monotonic()
        counter = read_counter(pixels)
        if counter is not None:
            if not self.frames:
                self.until = now + self.seconds
            self.frames.append([counter, now * 1000])
        return now < self.until

    def report(self):
        report = {"startedAtMs": self.started * 1000, "frames": self.frames}
        if not self.frames:
            report["failure"] = "no frame within 15 s"
        json.dump(report, sys.stdout)
