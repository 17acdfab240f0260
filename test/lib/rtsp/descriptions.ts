/** Descriptions as others write them, ends of lines aside. */
export const DESCRIPTIONS = {
  /** gst-rtsp-server 1.22 with x265. */
  gstreamerH265: `v=0
o=- 15381004465818315254 1 IN IP4 127.0.0.1
s=Session streamed with GStreamer
i=rtsp-server
t=0 0
a=tool:GStreamer
a=type:broadcast
a=control:*
a=range:npt=now-
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
a=rtpmap:96 H265/90000
a=framerate:10
a=fmtp:96 sprop-vps=QAEMAf//BAgAAAMAmAgAAAMAAD+SgJA=;sprop-sps=QgEBBAgAAAMAmAgAAAMAAD+QBBAgilLJUkmV/+AAIAAtQYGBgQAAAwABAAADAAoI;sprop-pps=RAHBcoYMQiQ=
a=control:stream=0
a=ts-refclk:local
a=mediaclk:sender
a=ssrc:2316134260 cname:user1464118905@host-63ede607
`,
  /** VLC 3.0.24: URLs of its own, and a comma too many. */
  vlc: `v=0
o=- 17199625345799594943 17199625345799594943 IN IP4 vm
s=Unnamed
i=N/A
c=IN IP4 0.0.0.0
t=0 0
a=tool:vlc 3.0.24
a=recvonly
a=type:broadcast
a=charset:UTF-8
a=control:rtsp://127.0.0.1:8554/stream
m=video 0 RTP/AVP 96
b=AS:7
b=RR:0
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;profile-level-id=f4000a;sprop-parameter-sets=Z/QACpGWQQmwEQAAAwABAAADABQPEiZI,aOvDxEhE;
a=control:rtsp://127.0.0.1:8554/stream/trackID=0
`,
  /** What ffmpeg 5.1 announces. */
  ffmpeg: `v=0
o=- 0 0 IN IP4 127.0.0.1
s=No Name
c=IN IP4 127.0.0.1
t=0 0
a=tool:libavformat LIBAVFORMAT_VERSION
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z/QADJGbKCg/YCIAAAMAAgAAAwAoHihTLA==,aOvjxEhE; profile-level-id=F4000C
a=control:streamid=0
m=audio 0 RTP/AVP 97
b=AS:69
a=rtpmap:97 MPEG4-GENERIC/44100/1
a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3; config=120856E500
a=control:streamid=1
`,
} as const;
