import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { clientAddress } from "./client-address";

const address = (peer: string | undefined, forwarded: string | string[] | undefined, behindProxy = true): string =>
  clientAddress({ socket: { remoteAddress: peer }, headers: { "x-forwarded-for": forwarded } } as unknown as IncomingMessage, behindProxy);

it.each([
  ["127.0.0.1", "203.0.113.9", "203.0.113.9"],
  ["::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["::1", "203.0.113.9:50123", "203.0.113.9"],
  ["fd00::1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"],
  ["192.168.1.1", "::ffff:203.0.113.9", "203.0.113.9"],
  // Only what the proxy itself added counts.
  ["127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
  ["127.0.0.1", "not an address", "127.0.0.1"],
  ["127.0.0.1", "", "127.0.0.1"],
  ["127.0.0.1", undefined, "127.0.0.1"],
  // No proxy of one's own stands out there.
  ["203.0.113.1", "198.51.100.1", "203.0.113.1"],
  ["::ffff:203.0.113.1", "198.51.100.1", "203.0.113.1"],
  ["2001:db8::1", "198.51.100.1", "2001:db8:0:0::/64"],
  [undefined, undefined, "unknown"],
])("behind a proxy, %s with %j counts as %s", (peer, forwarded, expected) => {
  expect(address(peer, forwarded)).toBe(expected);
});

it("without an address for people nobody may say where they come from", () => {
  expect(address("127.0.0.1", "203.0.113.9", false)).toBe("127.0.0.1");
});

it("a whole IPv6 line is one address", () => {
  expect(address("2001:db8:1:2::1", undefined)).toBe(address("2001:db8:1:2:ffff:ffff:ffff:ffff", undefined));
  expect(address("2001:db8:1:2::1", undefined)).not.toBe(address("2001:db8:1:3::1", undefined));
});
