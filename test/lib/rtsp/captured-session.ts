/** What ffmpeg 5.1 asked gst-rtsp-server 1.22 for, each request with its empty line. */
export const REQUESTS: readonly string[] = [
  message`OPTIONS rtsp://127.0.0.1:8554/h264 RTSP/1.0
CSeq: 1
User-Agent: Lavf59.27.100

`,
  message`DESCRIBE rtsp://127.0.0.1:8554/h264 RTSP/1.0
Accept: application/sdp
CSeq: 2
User-Agent: Lavf59.27.100

`,
  message`SETUP rtsp://127.0.0.1:8554/h264/stream=0 RTSP/1.0
Transport: RTP/AVP/TCP;unicast;interleaved=0-1
CSeq: 3
User-Agent: Lavf59.27.100

`,
  message`PLAY rtsp://127.0.0.1:8554/h264/ RTSP/1.0
Range: npt=0.000-
CSeq: 4
User-Agent: Lavf59.27.100
Session: a.iILyEwuhOdoPCC

`,
  message`TEARDOWN rtsp://127.0.0.1:8554/h264/ RTSP/1.0
CSeq: 5
User-Agent: Lavf59.27.100
Session: a.iILyEwuhOdoPCC

`,
];

/** What it was answered; the second answer has a description of H.264 behind it. */
export const RESPONSES: readonly string[] = [
  message`RTSP/1.0 200 OK
CSeq: 1
Public: OPTIONS, DESCRIBE, ANNOUNCE, GET_PARAMETER, PAUSE, PLAY, RECORD, SETUP, SET_PARAMETER, TEARDOWN
Server: GStreamer RTSP server
Date: Wed, 25 Nov 2026 12:50:51 GMT

`,
  message`RTSP/1.0 200 OK
CSeq: 2
Content-Type: application/sdp
Content-Base: rtsp://127.0.0.1:8554/h264/
Server: GStreamer RTSP server
Date: Wed, 25 Nov 2026 12:50:51 GMT
Content-Length: 526

v=0
o=- 13423075861432363420 1 IN IP4 127.0.0.1
s=Session streamed with GStreamer
i=rtsp-server
t=0 0
a=tool:GStreamer
a=type:broadcast
a=control:*
a=range:npt=now-
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
b=AS:2097
a=rtpmap:96 H264/90000
a=framerate:10
a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAFdkEJsBagwMDUoAAAAMAgAAACkeLFyQ=,aMuMsg==;profile-level-id=42c015;level-asymmetry-allowed=1
a=control:stream=0
a=ts-refclk:local
a=mediaclk:sender
a=ssrc:2434540178 cname:user3757419366@host-ddf3fea1
`,
  message`RTSP/1.0 200 OK
CSeq: 3
Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=911C2292;mode="PLAY"
Server: GStreamer RTSP server
Session: a.iILyEwuhOdoPCC
Date: Wed, 25 Nov 2026 12:50:51 GMT

`,
  message`RTSP/1.0 200 OK
CSeq: 4
RTP-Info: url=rtsp://127.0.0.1:8554/h264/stream=0;seq=15519;rtptime=2337458972
Range: npt=now-
Server: GStreamer RTSP server
Session: a.iILyEwuhOdoPCC
Date: Wed, 25 Nov 2026 12:50:51 GMT

`,
];

/** What came behind the last answer: RTP on channel 0, RTCP on channel 1. */
export const FRAMES: readonly Buffer[] = [
  "2400000e80603c9f8b52cb1c911c22920910",
  "2400002680603ca08b52cb1c911c22926742c015d90426c05a8303035280000003008000000a478b1724",
  "2400001080603ca18b52cb1c911c229268cb8cb2",
  "2400002680e03ca38b52cb1c911c229265888406bfffff0f450001579f2727275d75d75d75d75d75d780",
  "2401005080c80006911c2292eeb1582cc72724318b5471c0000000210000038881ca000c911c2292011c75736572333735373431" +
    "3933363640686f73742d646466336665613106094753747265616d6572000000",
  "2400000e80603ca48b52ee44911c22920930",
  "2400001280e03ca58b52ee44911c2292419a380d7846",
  "2400000e80603ca68b53116c911c22920930",
  "2400001380e03ca78b53116c911c2292419a54035e1180",
].map((hex) => Buffer.from(hex, "hex"));

/** Lines of a message end in CRLF. */
function message([text = ""]: TemplateStringsArray): string {
  return text.replaceAll("\n", "\r\n");
}
