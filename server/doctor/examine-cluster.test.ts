import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readEnv } from "../env";
import { ClusterStandIn } from "../executors/kubernetes/cluster-stand-in";
import { examineCluster } from "./examine-cluster";

let folder: string;
let cluster: ClusterStandIn;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-dc-"));
  cluster = new ClusterStandIn(join(folder, "nothing.mjs"));
  await cluster.listen();
  await writeFile(join(folder, "kubeconfig"), cluster.config().exportConfig());
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
});
afterEach(async () => {
  await cluster.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function examine(more: Record<string, string> = {}): Promise<Record<string, string>> {
  const source = {
    AIDEATOR_EXECUTOR: "kubernetes",
    AIDEATOR_AGENT_IMAGE: "agent:1",
    AIDEATOR_GATEWAY_URL: "http://gateway.invalid:3100",
    ...more,
  };
  const findings = await examineCluster(readEnv({ ...source, AIDEATOR_DATA_DIR: folder } as unknown as NodeJS.ProcessEnv));
  return Object.fromEntries(findings.map(({ name, state, found }) => [name, `${state}: ${found}`]));
}

it("says nothing where agents work elsewhere", async () => {
  expect(await examine({ AIDEATOR_EXECUTOR: "local" })).toEqual({});
});

it("finds all that is needed, and makes nothing", async () => {
  expect(await examine()).toEqual({
    "API server": "ok: Kubernetes v1.99.0",
    Rights: "ok: Jobs, pods, logs and Secrets in namespace aideator",
    Events: "ok: may not be read: a pane then says less of why no pod comes",
    "A Job": "ok: like an agent's would be taken in namespace aideator",
    Image: "ok: agent:1 (nodes pull it; not tried)",
    Gateway: "ok: http://gateway.invalid:3100 is no name outside the cluster: not tried",
  });
  expect(cluster.store.list("jobs")).toEqual([]);
});

it("names each right that is missing, and what the cluster says to a Job", async () => {
  cluster.rights.jobs = ["GET", "LIST", "POST"];
  cluster.rights.pods = ["GET", "LIST"];
  cluster.rights.events = ["LIST"];
  cluster.failNext("POST", /\/jobs$/, 403, { message: "jobs.batch is forbidden: exceeded quota: agents" });
  const found = await examine();
  expect(found.Rights).toBe("wrong: missing in namespace aideator: delete jobs, get pods/log");
  expect(found.Events).toBe("ok: may be read");
  expect(found["A Job"]).toContain("quota has no room");
});

it("says that the API server does not answer", async () => {
  await cluster.goDownFor(async () => {
    expect((await examine())["API server"]).toMatch(/^wrong: .*does not answer.*ECONNREFUSED/);
  });
});

it("follows the gateway's address as far as it can be tried here", async () => {
  expect((await examine({ AIDEATOR_GATEWAY_URL: "http://127.0.0.1:3100" })).Gateway).toMatch(/^wrong: .*the pod itself/);
  const server = createServer((_request, response) => response.writeHead(401).end()).listen(0, "0.0.0.0");
  await new Promise((resolve) => server.once("listening", resolve));
  const port = String((server.address() as AddressInfo).port);
  const here = { AIDEATOR_GATEWAY_URL: `http://0.0.0.0:${port}`, AIDEATOR_GATEWAY_PORT: port };
  expect((await examine(here)).Gateway).toMatch(/^ok: .*leads to port/);
  server.close();
  const elsewhere = { AIDEATOR_GATEWAY_URL: "http://0.0.0.0:1", AIDEATOR_GATEWAY_PORT: "0" };
  expect((await examine(elsewhere)).Gateway).toMatch(/^poor: .*does not answer/);
});
