import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { packFolder } from "../executors/kubernetes/pack-archive";
import { EGRESS_PROTOCOL } from "../executors/kubernetes/pod-gateway";
import type { PodSupplies } from "../executors/kubernetes/pod-supplies";
import { SHALLOW_HEADER } from "../executors/kubernetes/pod-tree";
import type { GitStore } from "../git/git-store";
import { PodRefusal } from "./pod-refusal";

/** What is served from. */
export interface SupplyParts {
  supplies: Pick<PodSupplies, "find" | "startPack">;
  git: Pick<GitStore, "basePack">;
}

/** Answers one request for what a pod's work needs; false: `asked` (`GET base`) is no such request. */
export async function serveSupply({ supplies, git }: SupplyParts, name: string, asked: string, response: ServerResponse): Promise<boolean> {
  const [, what = "", number = "0"] = /^GET (base|start|dependencies|images|shown)(?:\/(\d{1,2}))?$/.exec(asked) ?? [];
  if (what === "") return false;
  const supply = await supplies.find(name);
  if (supply === undefined) throw new PodRefusal(404, "Nothing is kept for this pod.");
  switch (what) {
    case "base": {
      const { file, shallow } = await git.basePack(supply.mirrorPath, supply.baseCommit);
      await send(response, createReadStream(file), { "content-type": "application/x-git-pack", [SHALLOW_HEADER]: shallow.join(" ") });
      return true;
    }
    case "start":
      await send(response, await opened(supplies.startPack(name)));
      return true;
    case "dependencies":
      await sendPath(supply.dependencies, response);
      return true;
    case "images":
      await send(response, await opened(supply.images[Number(number)]));
      return true;
    default:
      await sendPath(supply.shown[Number(number)], response);
      return true;
  }
}

/** A file as it is, a folder as an archive. */
async function sendPath(path: string | undefined, response: ServerResponse): Promise<void> {
  const stats = path === undefined ? undefined : await stat(path).catch(() => undefined);
  await send(response, path !== undefined && stats?.isDirectory() === true ? packFolder(path) : await opened(path));
}

/** Once it is known to be there: what is missing is a refusal, not an answer that breaks. */
async function opened(path: string | undefined): Promise<Readable> {
  const missing = new PodRefusal(404, "This pod has no such file.");
  if (path === undefined) throw missing;
  const stream = createReadStream(path);
  await once(stream, "open").catch(() => {
    throw missing;
  });
  return stream;
}

async function send(response: ServerResponse, body: Readable, headers: Record<string, string> = {}): Promise<void> {
  response.writeHead(200, { "content-type": "application/octet-stream", ...headers });
  await pipeline(body, response);
}

/**
 * Joins a pod's connection to the proxy of its set-up (RFC 9110, 7.8: `Upgrade`). The proxy says where it leads and counts what goes through; the
 * token said whose it is. Resolves once they are joined.
 */
export async function joinEgress(supplies: Pick<PodSupplies, "find">, name: string, pod: Duplex): Promise<void> {
  const socketPath = (await supplies.find(name))?.proxySocket;
  if (socketPath === undefined) throw new PodRefusal(403, "This pod has no way out.");
  const proxy = connect({ path: socketPath, allowHalfOpen: true });
  pod.on("error", () => proxy.destroy());
  await once(proxy, "connect").catch(() => {
    throw new PodRefusal(502, "The proxy of this set-up is gone.");
  });
  if (pod.destroyed) return void proxy.destroy();
  proxy.on("error", () => pod.destroy());
  proxy.on("close", () => pod.destroy());
  pod.on("close", () => proxy.destroy());
  pod.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${EGRESS_PROTOCOL}\r\n\r\n`);
  pod.pipe(proxy).pipe(pod);
}
