"""OpenCV's VideoCapture as most people use it: opencv_latency.py URL SECONDS"""
import sys

import cv2

from recorder import Recorder

recorder = Recorder(float(sys.argv[2]))
capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)
while True:
    there, pixels = capture.read()
    if not there or not recorder.add(pixels):
        break
recorder.report()
