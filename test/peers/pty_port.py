"""A serial port without hardware: tells its path on the first line of stdout, then passes stdin on to it, and what is
written to it on to stdout. It goes away with this program."""
import os
import pty
import sys
import threading
import tty

master, slave = pty.openpty()
tty.setraw(slave)
sys.stdout.write(os.ttyname(slave) + "\n")
sys.stdout.flush()


def give():
    while data := os.read(0, 4096):
        os.write(master, data)
    os._exit(0)


threading.Thread(target=give, daemon=True).start()
while data := os.read(master, 4096):
    os.write(1, data)
