"""Writes the pictures that aiortc receives by WHEP to stdout as rgb24: aiortc_pictures.py URL [COUNT]

With COUNT it ends its session behind so many pictures, as it should, and writes the answer's status to stderr.
"""
import asyncio
import sys
import urllib.request

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def ask(url, method, body=None):
    headers = {} if body is None else {"Content-Type": "application/sdp"}
    request = urllib.request.Request(url, method=method, data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.headers, answer.read().decode()


async def main(url, count):
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="recvonly")
    tracks = asyncio.get_event_loop().create_future()

    @connection.on("track")
    def on_track(track):
        if track.kind == "video" and not tracks.done():
            tracks.set_result(track)

    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp.encode()
    _, headers, answer = await asyncio.to_thread(ask, url, "POST", offer)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    track = await tracks
    while count is None or count > 0:
        frame = await track.recv()
        sys.stdout.buffer.write(frame.to_ndarray(format="rgb24").tobytes())
        sys.stdout.buffer.flush()
        count = None if count is None else count - 1
    session = url.split("/whep")[0] + headers["Location"]
    status, _, _ = await asyncio.to_thread(ask, session, "DELETE")
    print(status, file=sys.stderr)
    await connection.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None))
