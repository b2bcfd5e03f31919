// Everything but the gateway (B3, B8, B9): by name, by number, in every notation, over every protocol.
import { createSocket } from "node:dgram";
import { lookup, Resolver, resolve4 } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { attack, targets } from "./report.mjs";

const MS = 1_500;
const reach = (options) =>
  new Promise((resolve, reject) => {
    const socket = connect(options);
    const timer = setTimeout(() => socket.destroy(new Error("silence")), MS);
    socket.once("connect", () => resolve(`connected to ${JSON.stringify(options)}`));
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timer));
  });
const first = async (tries) => {
  const results = await Promise.allSettled(tries);
  const reached = results.find(({ status }) => status === "fulfilled");
  if (reached !== undefined) return reached.value;
  throw new Error([...new Set(results.map(({ reason }) => reason.code ?? reason.message))].join(" "));
};
const everywhere = (hosts, ports) => first(hosts.flatMap((host) => ports.map((port) => reach({ host, port }))));
const { ports, hostAddresses } = targets;

await attack("loopback", () => everywhere(["127.0.0.1", "localhost", "127.1.2.3", "0.0.0.0"], ports));
await attack("loopback-ipv6", () => everywhere(["::1", "::", "::ffff:127.0.0.1"], ports));
await attack("loopback-odd-notations", () => everywhere(["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"], ports));
await attack("addresses-of-host", () => everywhere(hostAddresses, [...ports, 22]));
await attack("metadata", () =>
  everywhere(["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "metadata.google.internal"], [80]),
);
await attack("private-networks", () =>
  everywhere(["10.0.0.1", "10.96.0.1", "172.16.0.1", "172.17.0.1", "192.168.0.1", "192.168.1.1"], [80, 443, 6443]),
);
await attack("internet", () => everywhere(["1.1.1.1", "8.8.8.8", "93.184.215.14"], [80, 443, 53]));
await attack("internet-ipv6", () => everywhere(["2606:4700:4700::1111", "2001:4860:4860::8888", "fe80::1"], [80, 443]));
await attack("databases", () => everywhere(["127.0.0.1", ...hostAddresses], [5432, 3306, 6379, 27017, 2375, 10250]));
await attack("names", () =>
  first(["example.com", "example.org", "host.docker.internal"].map((name) => lookup(name).then(({ address }) => address))),
);
await attack("name-servers", async () => {
  const resolver = new Resolver({ timeout: MS, tries: 1 });
  resolver.setServers(["1.1.1.1", "8.8.8.8", "127.0.0.53"]);
  return first([resolver.resolve4("example.com"), resolve4("example.com")]);
});
await attack("datagrams", () => {
  const socket = createSocket("udp4");
  const sent = new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.send("x", 53, "1.1.1.1", (error) => (error === null ? resolve("sent") : reject(error)));
  });
  return sent.finally(() => socket.close());
});
await attack("abstract-socket", () => reach({ path: `\0${targets.abstractSocket}` }));
await attack("foreign-sockets-in-proc", () =>
  readFileSync("/proc/net/unix", "utf8")
    .split("\n")
    .find((line) => line.includes(targets.abstractSocket) || line.includes("docker.sock")),
);
await attack("interfaces", () =>
  readFileSync("/proc/net/dev", "utf8")
    .split("\n")
    .slice(2)
    .map((line) => line.split(":")[0].trim())
    .find((name) => name !== "" && name !== "lo" && !/^(tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6gre0)$/.test(name)),
);
