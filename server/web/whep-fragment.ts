import { isUsableCandidate, MAX_CANDIDATES } from "../../lib/webrtc/ice-candidate.js";
import { readSdpSections, sdpAttributes } from "../../lib/webrtc/sdp-sections.js";
import { HttpError } from "./http-error.js";

/**
 * The candidates in a fragment of SDP, by which a viewer tells more of its addresses.
 * @param iceUfrag of the offer
 * @throws HttpError 422 for one that begins ICE anew
 * @see RFC 8840 section 9, RFC 9725 section 4.3
 */
export function readCandidates(fragment: string, iceUfrag: string): string[] {
  const sections = readSdpSections(fragment);
  const ufrags = sections.flatMap((section) => sdpAttributes(section, "ice-ufrag"));
  if (ufrags.some((ufrag) => ufrag !== iceUfrag)) {
    throw new HttpError(422, "ICE cannot be restarted here; DELETE this session and POST a new offer");
  }
  const candidates = sections.flatMap((section) => sdpAttributes(section, "candidate"));
  return candidates
    .map((value) => `candidate:${value}`)
    .filter(isUsableCandidate)
    .slice(0, MAX_CANDIDATES);
}
