import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Everything that is not the public internet: private, loopback, link-local (metadata services), shared, reserved, multicast. */
// Two lists: one list with both would take every IPv4 address for the IPv4-mapped ones.
const blocked = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  blocked.ipv4.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const)
  blocked.ipv6.addSubnet(network, prefix, "ipv6");

/** True for an address of the public internet. IPv4 inside IPv6 counts as not public: no host needs that notation. */
export function isPublicAddress(ip: string): boolean {
  const family = isIP(ip);
  if (family === 0) return false;
  return family === 4 ? !blocked.ipv4.check(ip, "ipv4") : !blocked.ipv6.check(ip, "ipv6");
}

/**
 * Resolves a host and answers one address that may be dialled, or undefined when any of its addresses is not public (a name with one good and
 * one bad address is an attack or a mistake). The caller dials this very address, so that a second look-up cannot lead elsewhere.
 */
export async function resolvePublic(host: string): Promise<string | undefined> {
  const addresses = await lookup(host, { all: true, verbatim: true });
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) return undefined;
  return addresses[0]?.address;
}
