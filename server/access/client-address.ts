import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6, SocketAddress } from "node:net";

/** What the front puts the address into that a request is counted for; a client's own value is overwritten there. */
export const ADDRESS_HEADER = "x-aideator-client";

/** Loopback, private, link-local and carrier-grade networks: where a proxy of one's own may stand. */
const near = new BlockList();
for (const [network, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["100.64.0.0", 10],
] as const) {
  near.addSubnet(network, bits, "ipv4");
}
near.addAddress("::1", "ipv6");
near.addSubnet("fc00::", 7, "ipv6");
near.addSubnet("fe80::", 10, "ipv6");

/**
 * Who a request is counted for: an IPv4 address, or the /64 of an IPv6 one, since a single line has that many. With `behindProxy`, and only
 * where the connection comes from near, it is what the proxy next to this server added last to `X-Forwarded-For`: everything before that the
 * client may have written itself.
 */
export function clientAddress(request: Pick<IncomingMessage, "headers" | "socket">, behindProxy: boolean): string {
  const peer = plain(request.socket.remoteAddress ?? "");
  if (behindProxy && isNear(peer)) {
    const header = request.headers["x-forwarded-for"];
    const last = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",").at(-1) ?? "";
    const forwarded = plain(withoutPort(last.trim()));
    if (isIP(forwarded) !== 0) return countedAs(forwarded);
  }
  return countedAs(peer);
}

function isNear(address: string): boolean {
  return isIP(address) !== 0 && near.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** IPv4 in IPv6's clothes, as a socket on `::` reports it, is IPv4. */
function plain(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "")
    .replace(/%.*$/, "");
}

/** Some proxies write `192.0.2.1:50000` and `[2001:db8::1]:50000`. */
function withoutPort(text: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

function countedAs(address: string): string {
  if (!isIPv6(address)) return address === "" ? "unknown" : address;
  // Written out in full first: `::` may stand anywhere.
  const [before = "", after = ""] = new SocketAddress({ address, family: "ipv6" }).address.split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === "" ? [] : after.split(":");
  const groups = [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0"), ...tail];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
