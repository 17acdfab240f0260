import { encodeMavlink, type MavlinkOutgoing } from "./mavlink/encode-mavlink.js";
import type { LinkPeer } from "./telemetry-link.js";

/** `MAV_COMP_ID_ONBOARD_COMPUTER4`: the first ones are taken sooner by what else runs aboard. */
export const COMPANION_COMPONENT = 194;
const ONBOARD_CONTROLLER = 18;
const NO_AUTOPILOT = 8;
const ACTIVE = 4;
const MAVLINK_VERSION = 3;

/**
 * Who we are to the vehicle: a computer aboard, with the vehicle's own system id. Not a ground station: the heartbeats of
 * one would tell the autopilot that its pilot is there, and keep it from coming home when the pilot's link is lost.
 * @see https://mavlink.io/en/messages/common.html#MAV_COMPONENT
 */
export class Companion {
  /** The vehicle's; 1 is what vehicles have unless somebody changes it. */
  systemId = 1;
  #sequence = 0;

  /** Says that we are there: some autopilots say nothing before they hear somebody. */
  heartbeat(peer: LinkPeer): void {
    const fields = { type: ONBOARD_CONTROLLER, autopilot: NO_AUTOPILOT, base_mode: 0, custom_mode: 0 };
    // An autopilot that speaks either version goes on with the one it hears.
    const status = { system_status: ACTIVE, mavlink_version: MAVLINK_VERSION };
    this.send(peer, { name: "HEARTBEAT", fields: { ...fields, ...status }, version: 2 });
  }

  send(peer: LinkPeer, message: Pick<MavlinkOutgoing, "name" | "fields" | "version">): void {
    const from = { systemId: this.systemId, componentId: COMPANION_COMPONENT, sequence: this.#sequence };
    this.#sequence = (this.#sequence + 1) & 0xff;
    peer.send(encodeMavlink({ ...message, ...from }));
  }
}
