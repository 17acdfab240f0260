import { Cockpit } from "./page/cockpit.js";
import { wantedTransport } from "./play/wanted-transport.js";
import { type PageStatus, pageStatus } from "./status.js";

declare global {
  interface Window {
    glasslink: PageStatus;
  }
}

window.glasslink = pageStatus(new Cockpit(wantedTransport(location.search)));
