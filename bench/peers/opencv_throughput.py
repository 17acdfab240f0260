"""Decodes a file with OpenCV: opencv_throughput.py FILE"""
import sys

import cv2

from meter import Meter

meter = Meter()
capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)
there, pixels = capture.read()
while there:
    meter.add(pixels)
    there, pixels = capture.read()
meter.report()
