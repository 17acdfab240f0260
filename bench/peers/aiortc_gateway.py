"""aiortc as the gateway, with the signalling of one camera: aiortc_gateway.py PORT SECONDS"""
import asyncio
import sys

import socketio
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from recorder import Recorder


async def main():
    recorder = Recorder(float(sys.argv[2]))
    done = asyncio.Event()
    server = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    server.attach(app)
    connections = []

    async def read(track):
        while recorder.add((await track.recv()).to_ndarray(format="rgb24")):
            pass
        done.set()

    @server.on("connect", namespace="/stream")
    async def connect(sid, _environment, _auth=None):
        await server.emit("connected", {}, to=sid, namespace="/stream")

    @server.on("offer", namespace="/stream")
    async def offer(sid, data):
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connections.append(connection)
        connection.on("track", lambda track: asyncio.ensure_future(read(track)))
        await connection.setRemoteDescription(RTCSessionDescription(**data["offer"]))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = {"type": "answer", "sdp": connection.localDescription.sdp}
        await server.emit("answer", {"cameraId": data["cameraId"], "answer": answer}, to=sid, namespace="/stream")

    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    try:
        await asyncio.wait_for(done.wait(), 15 + recorder.seconds)
    except asyncio.TimeoutError:
        pass
    recorder.report()


asyncio.run(main())
