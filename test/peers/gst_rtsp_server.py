"""An RTSP server made of gst-rtsp-server, at the path /stream; its first line on stdout is its port.

Serves a raw file of coded pictures in real time, over and over, or takes a stream and writes its pixels to stdout.
"""
import argparse
import sys

import av
import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

CODECS = {
    "h264": ("video/x-h264,stream-format=byte-stream,alignment=au", "h264parse ! rtph264pay config-interval=-1"),
    "h265": ("video/x-h265,stream-format=byte-stream,alignment=au", "h265parse ! rtph265pay config-interval=-1"),
    "jpeg": ("image/jpeg", "jpegparse ! rtpjpegpay"),
}
RECEIVERS = {
    "h264": "rtph264depay name=depay0 ! h264parse ! avdec_h264 max-threads=1",
    "h265": "rtph265depay name=depay0 ! h265parse ! avdec_h265 max-threads=1",
    "jpeg": "rtpjpegdepay name=depay0 ! jpegdec",
}
TO_STDOUT = "videoconvert ! video/x-raw,format=RGB ! fdsink fd=1 sync=false"
TRANSPORTS = {
    "udp": GstRtsp.RTSPLowerTrans.UDP,
    "tcp": GstRtsp.RTSPLowerTrans.TCP,
    "multicast": GstRtsp.RTSPLowerTrans.UDP_MCAST,
    "any": GstRtsp.RTSPLowerTrans.UDP | GstRtsp.RTSPLowerTrans.TCP,
}


class Tape:
    """Feeds a file's pictures to the appsrc of every medium, from the first one on."""

    def __init__(self, path, fps):
        with av.open(path) as container:
            self.pictures = [bytes(packet) for packet in container.demux(video=0) if packet.size > 0]
        self.duration = Gst.SECOND // fps

    def feed(self, _factory, media):
        played = 0

        def push(source, _bytes):
            nonlocal played
            buffer = Gst.Buffer.new_wrapped(self.pictures[played % len(self.pictures)])
            buffer.pts = buffer.dts = played * self.duration
            buffer.duration = self.duration
            played += 1
            source.emit("push-buffer", buffer)

        media.get_element().get_by_name("tape").connect("need-data", push)


def authentication(arguments):
    """Lets in the one user, by the one method."""
    user, password = arguments.user.split(":", 1)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth = GstRtspServer.RTSPAuth()
    if arguments.auth == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    return auth


def stream_of(arguments):
    """What the one path does."""
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_protocols(TRANSPORTS[arguments.transport])
    if arguments.play is None:
        factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
        factory.set_launch(f"( {RECEIVERS[arguments.codec]} ! {TO_STDOUT} )")
    else:
        # Who comes second gets the pictures of the first, from where they are.
        factory.set_shared(True)
        caps, payloader = CODECS[arguments.codec]
        source = f"appsrc name=tape format=time caps={caps},framerate={arguments.fps}/1"
        factory.set_launch(f"( {source} ! {payloader} name=pay0 )")
        factory.connect("media-configure", Tape(arguments.play, arguments.fps).feed)
    if arguments.transport == "multicast":
        pool = GstRtspServer.RTSPAddressPool()
        pool.add_range("239.2.2.1", "239.2.2.9", 5000, 5019, 1)
        factory.set_address_pool(pool)
    if arguments.user:
        permissions = Gst.Structure.new_empty("user")
        permissions.set_value("media.factory.access", True)
        permissions.set_value("media.factory.construct", True)
        factory.add_role_from_structure(permissions)
    return factory


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("codec", choices=CODECS)
    parser.add_argument("--play", metavar="FILE", help="serves it; otherwise a stream is taken")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--transport", choices=TRANSPORTS, default="any")
    parser.add_argument("--address", default="127.0.0.1", help="where it listens")
    parser.add_argument("--user", metavar="NAME:PASSWORD")
    parser.add_argument("--auth", choices=["digest", "basic"], default="digest")
    arguments = parser.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(arguments.address)
    server.set_service("0")
    if arguments.user:
        server.set_auth(authentication(arguments))
    server.get_mount_points().add_factory("/stream", stream_of(arguments))
    if server.attach(None) == 0:
        sys.exit("cannot listen")
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main()
