"""Pushes video files over and over, as cameras of one program: aiortc_camera.py URL TOKEN CODEC ID=FILE [ID=FILE ...]

It offers CODEC (h264, vp8, or all that aiortc has), and writes what it is told to stderr, a line each. Lines on stdin:
`offer ID` offers a camera anew, `leave ID` takes it away, `stats` asks for figures, and the end of stdin ends it all.
"""
import asyncio
import json
import sys

import socketio
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer

NAMESPACE = "/stream"


def tell(*words):
    print(*words, file=sys.stderr, flush=True)


class Camera:
    def __init__(self, name, file, codec):
        self.name = name
        self.file = file
        self.codec = codec
        self.connection = None

    async def offer(self, signalling):
        former = self.connection
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.player = MediaPlayer(self.file, loop=True)
        self.connection.addTrack(self.player.video)
        if self.codec != "all":
            codecs = RTCRtpSender.getCapabilities("video").codecs
            wanted = [one for one in codecs if one.mimeType.lower() == "video/" + self.codec]
            self.connection.getTransceivers()[0].setCodecPreferences(wanted)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        local = self.connection.localDescription
        offer = {"type": local.type, "sdp": local.sdp}
        await signalling.emit("offer", {"cameraId": self.name, "offer": offer}, namespace=NAMESPACE)
        return former


async def main(url, token, codec, files):
    cameras = {name: Camera(name, file, codec) for name, file in (one.split("=", 1) for one in files)}
    signalling = socketio.AsyncClient(reconnection=False)
    greeted = asyncio.Event()

    @signalling.on("connected", namespace=NAMESPACE)
    async def on_connected(_greeting):
        greeted.set()

    @signalling.on("answer", namespace=NAMESPACE)
    async def on_answer(data):
        tell("answer", data["cameraId"])
        await cameras[data["cameraId"]].connection.setRemoteDescription(RTCSessionDescription(**data["answer"]))

    @signalling.on("error", namespace=NAMESPACE)
    async def on_error(problem):
        tell("error", json.dumps(problem))

    @signalling.on("stats", namespace=NAMESPACE)
    async def on_stats(stats):
        tell("stats", json.dumps(stats))

    @signalling.on("connect_error", namespace=NAMESPACE)
    async def on_refused(reason):
        tell("refused", json.dumps(reason))

    await signalling.connect(url, namespaces=[NAMESPACE], auth={"token": token} if token else None)
    await greeted.wait()
    formers = [await camera.offer(signalling) for camera in cameras.values()]
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := (await lines.readline()).decode().split():
        if line[0] == "stats":
            await signalling.emit("stats", namespace=NAMESPACE)
        elif line[0] == "leave":
            await signalling.emit("disconnect-camera", {"cameraId": line[1]}, namespace=NAMESPACE)
        else:
            formers.append(await cameras[line[1]].offer(signalling))
    await signalling.disconnect()
    for connection in [*formers, *(camera.connection for camera in cameras.values())]:
        if connection:
            await connection.close()


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
