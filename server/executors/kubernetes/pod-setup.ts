import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { readReports } from "../local/read-reports";
import { packFolder, unpackTrusted } from "./pack-archive";
import type { PodSetup } from "./pod-config";
import type { PodGateway } from "./pod-gateway";
import type { PodFolders, PodTree } from "./pod-tree";

/** A set-up or a check in its pod. */
export interface SetupInPod {
  /** What its program reads (`agent/set-up.ts`), once everything that it is shown is there. */
  prepare(): Promise<{ command: string; proxySocket?: string }>;
  /** Brings what it leaves. Nothing may work in the pod any more. */
  bring(code: number): Promise<void>;
}

/** See `SetupInPod`. */
export function createSetupInPod(setup: PodSetup, folders: PodFolders, gateway: PodGateway, tree: PodTree | undefined): SetupInPod {
  async function show(): Promise<void> {
    for (const [at, { to, folder }] of setup.shown.entries()) {
      await mkdir(dirname(to), { recursive: true });
      if (!folder) await gateway.download(`shown/${at}`, to);
      else
        await gateway.fetch(`shown/${at}`, async (body) => {
          await rm(to, { recursive: true, force: true });
          await unpackTrusted(body, to);
        });
    }
  }

  async function bringReports(folder: string): Promise<void> {
    const found = await readReports(folder);
    if (found.size > 0) await gateway.sendLeft("reports", () => packFolder(folder, [...found.keys()]));
  }

  return {
    async prepare() {
      await show();
      const { command, egress } = setup;
      return egress ? { command, proxySocket: await openWayOut(join(folders.config, "proxy.sock"), gateway) } : { command };
    },
    async bring(code) {
      if (setup.reports !== undefined) await bringReports(setup.reports);
      if (setup.keep === undefined || tree === undefined || code !== 0) return;
      const kept = await tree.keep(setup.keep);
      // Also where nothing is in it: that it came says that all of it did.
      await gateway.sendLeft("kept", () => packFolder(kept));
    },
  };
}

/**
 * A unix socket whose connections lead to the proxy of this set-up on the server, each through a tunnel of its own that the pod's token opens: the
 * pod needs no other way than that to the gateway. Resolves to its path.
 */
async function openWayOut(path: string, gateway: Pick<PodGateway, "tunnel">): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => client.destroy());
    gateway.tunnel().then(
      (upstream) => {
        upstream.on("error", () => client.destroy());
        upstream.on("close", () => client.destroy());
        client.on("close", () => upstream.destroy());
        client.pipe(upstream).pipe(client);
      },
      () => client.destroy(),
    );
  });
  server.listen(path);
  await once(server, "listening");
  server.unref();
  return path;
}
