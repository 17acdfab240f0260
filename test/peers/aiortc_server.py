"""A server that cameras push to, by WHIP and by socket.io: aiortc_server.py PORT [SECONDS]

It writes the pictures of the newest camera to stdout as rgb24, and what happens to stderr. With SECONDS it answers offers
so late.
"""
import asyncio
import sys

import socketio
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp

NAMESPACE = "/stream"
port = int(sys.argv[1])
late = float(sys.argv[2]) if len(sys.argv) > 2 else 0
connections = {}


def say(*words):
    print(*words, file=sys.stderr, flush=True)


async def write(track):
    try:
        while True:
            frame = await track.recv()
            sys.stdout.buffer.write(frame.to_ndarray(format="rgb24").tobytes())
            sys.stdout.buffer.flush()
    except MediaStreamError:
        say("ended")


async def answer(name, sdp):
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connections[name] = connection
    connection.on("track", lambda track: asyncio.ensure_future(write(track)))
    await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    await asyncio.sleep(late)
    return connection.localDescription


async def end(name):
    connection = connections.pop(name, None)
    if connection:
        say("bye", name)
        await connection.close()


class Cameras(socketio.AsyncNamespace):
    async def on_connect(self, sid, environ, auth):
        await self.emit("connected", {"status": "ok"}, to=sid)

    async def on_offer(self, sid, data):
        description = await answer(data["cameraId"], data["offer"]["sdp"])
        reply = {"type": description.type, "sdp": description.sdp}
        await self.emit("answer", {"cameraId": data["cameraId"], "answer": reply}, to=sid)

    # Their names have hyphens, which no method's has.
    async def trigger_event(self, event, *args):
        if event == "disconnect-camera":
            return await end(args[1]["cameraId"])
        if event == "ice-candidate":
            return await self.candidate(args[1])
        return await super().trigger_event(event, *args)

    async def candidate(self, data):
        told = data["candidate"]
        candidate = candidate_from_sdp(told["candidate"].split(":", 1)[1])
        candidate.sdpMid = told["sdpMid"]
        candidate.sdpMLineIndex = told["sdpMLineIndex"]
        connection = connections.get(data["cameraId"])
        if connection:
            await connection.addIceCandidate(candidate)
            say("candidate")


async def whip(request):
    name = request.match_info["camera"]
    description = await answer(name, await request.text())
    headers = {"Location": f"/whip/{name}/session"}
    return web.Response(status=201, text=description.sdp, headers=headers, content_type="application/sdp")


async def unwhip(request):
    await end(request.match_info["camera"])
    return web.Response()


server = socketio.AsyncServer(async_mode="aiohttp")
server.register_namespace(Cameras(NAMESPACE))
app = web.Application()
app.router.add_post("/whip/{camera}", whip)
app.router.add_delete("/whip/{camera}/session", unwhip)
server.attach(app)
web.run_app(app, host="127.0.0.1", port=port, print=None)
