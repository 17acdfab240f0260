import { FRAME_COUNTER } from "../../server/cameras/frame-counter.js";
import { PICTURE } from "./peer-pictures.js";

const { width, height, fps } = PICTURE;

/**
 * A script for a page of the gateway's own origin: `push(options)` sends a moving picture with its number by WHIP, and
 * `leave()` ends that. Everything runs in the browser.
 */
export const WHIP_PAGE = `
const { columns, rows, firstBit, bits, firstCheck, checkBits } = ${JSON.stringify(FRAME_COUNTER)};
const canvas = document.createElement("canvas");
canvas.width = ${width};
canvas.height = ${height};
const context = canvas.getContext("2d");
let number = 0, connection, session;
function cell(index, isWhite) {
  const edge = (at) => Math.round((at * ${width}) / columns);
  context.fillStyle = isWhite ? "white" : "black";
  context.fillRect(edge(index), 0, edge(index + 1) - edge(index), Math.round(${height} / rows));
}
function paint() {
  context.fillStyle = "hsl(" + (number * 3 % 360) + " 60% 50%)";
  context.fillRect(0, 0, ${width}, ${height});
  let check = 0;
  for (let shift = 0; shift < bits; shift += checkBits) check ^= (number >>> shift) & 15;
  for (let at = 0; at < columns; at++) cell(at, at === 0 || at === columns - 1);
  for (let at = 0; at < bits; at++) cell(firstBit + at, (number >>> (bits - 1 - at)) & 1);
  for (let at = 0; at < checkBits; at++) cell(firstCheck + at, (check >>> (checkBits - 1 - at)) & 1);
  number++;
}
setInterval(paint, ${1_000 / fps});
function silence() {
  const audio = new AudioContext();
  return audio.createMediaStreamDestination().stream.getAudioTracks()[0];
}
async function push({ codec, sound, bundlePolicy, token }) {
  const stream = canvas.captureStream(${fps});
  connection = new RTCPeerConnection({ bundlePolicy });
  if (sound) connection.addTransceiver(silence(), { direction: "sendonly" });
  const video = connection.addTransceiver(stream.getVideoTracks()[0], { direction: "sendonly" });
  const { codecs } = RTCRtpSender.getCapabilities("video");
  video.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === "video/" + codec));
  await connection.setLocalDescription();
  const headers = { "Content-Type": "application/sdp", ...(token && { Authorization: "Bearer " + token }) };
  const answer = await fetch("/whip/left", { method: "POST", headers, body: connection.localDescription.sdp });
  if (answer.status !== 201) return answer.status;
  session = answer.headers.get("Location");
  await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  return 201;
}
async function leave() {
  return (await fetch(session, { method: "DELETE" })).status;
}
`;
