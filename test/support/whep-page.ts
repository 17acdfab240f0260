/**
 * A page that shows a camera by WHEP. `seen` are the pixels of its top row for each picture that it painted, and when;
 * everything runs in the browser.
 */
export const WHEP_PAGE = `<!doctype html><video autoplay muted playsinline></video><script>
const seen = [];
let connection, session, callback = 0;
async function post(offer) {
  const answer = await fetch("/whep/left", { method: "POST", headers: { "Content-Type": "application/sdp" }, body: offer });
  if (answer.status !== 201) throw new Error(answer.status + " " + await answer.text());
  return { session: answer.headers.get("Location"), sdp: await answer.text() };
}
async function watch({ width, height, row, sound }) {
  const video = document.querySelector("video");
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  connection = new RTCPeerConnection();
  if (sound) connection.addTransceiver("audio", { direction: "recvonly" });
  connection.addTransceiver("video", { direction: "recvonly" });
  connection.ontrack = ({ streams }) => { video.srcObject = streams[0]; };
  const painted = (_now, { rtpTimestamp }) => {
    context.drawImage(video, 0, 0);
    const pixels = [...context.getImageData(0, row, width, 1).data];
    seen.push({ pixels, rtpTimestamp, atMs: performance.timeOrigin + performance.now() });
    callback = video.requestVideoFrameCallback(painted);
  };
  video.cancelVideoFrameCallback(callback);
  callback = video.requestVideoFrameCallback(painted);
  await connection.setLocalDescription(await connection.createOffer());
  const answer = await post(connection.localDescription.sdp);
  session = answer.session;
  await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
}
async function figures() {
  const all = [...(await connection.getStats()).values()];
  return all.find(({ type }) => type === "inbound-rtp");
}
</script>`;
