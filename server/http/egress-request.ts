import { IncomingMessage } from "node:http";
import { EGRESS_PROTOCOL } from "../executors/kubernetes/pod-gateway";

/** Where a set-up's way out begins. */
export const EGRESS_PATH = "/attempt/egress";

/**
 * A request that is an upgrade only where it asks for what is served: others, as of HTTP clients that would like to speak h2c, are the plain
 * requests that they are as well (RFC 9110, 7.8). Node.js before 24.9, without `shouldUpgradeCallback`, takes each for an upgrade as soon as one
 * is served; it sets this property before the headers, and reads it after them.
 */
export class EgressRequest extends IncomingMessage {
  // No initial value: the constructor above has set it by then.
  declare private asks: boolean | null;

  set upgrade(asks: boolean | null) {
    this.asks = asks;
  }

  get upgrade(): boolean {
    const leadsOn = this.method === "CONNECT" || (this.url === EGRESS_PATH && this.headers.upgrade?.toLowerCase() === EGRESS_PROTOCOL);
    return this.asks === true && leadsOn;
  }
}
