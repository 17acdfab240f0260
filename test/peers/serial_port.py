"""A serial port at PATH whose other end are stdin and stdout: serial_port.py PATH"""
import os
import pty
import select
import sys
import tty

path = sys.argv[1]
ours, theirs = pty.openpty()
tty.setraw(theirs)
if os.path.lexists(path):
    os.unlink(path)
os.symlink(os.ttyname(theirs), path)

ends = {sys.stdin.fileno(): ours, ours: sys.stdout.fileno()}
while ends:
    for source in select.select(list(ends), [], [])[0]:
        data = os.read(source, 4096)
        if data:
            os.write(ends[source], data)
        else:
            del ends[source]
