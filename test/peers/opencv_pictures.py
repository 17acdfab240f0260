"""Writes the pictures that OpenCV's VideoCapture gives to stdout, as they lie in memory: opencv_pictures.py URL"""
import sys

import cv2

capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)
if not capture.isOpened():
    sys.exit("VideoCapture does not open " + sys.argv[1])
while True:
    there, pixels = capture.read()
    if not there:
        sys.exit("VideoCapture gives no more pictures")
    sys.stdout.buffer.write(pixels.tobytes())
    sys.stdout.buffer.flush()
