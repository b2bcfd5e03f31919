import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openAttemptFront } from "../../http/attempt-front";
import type { AttemptSpec } from "../executor";
import { createTestRepository, TEST_AGENT } from "../repository-harness";
import { ClusterStandIn } from "./cluster-stand-in";
import type { FollowRhythm } from "./follow-pod";
import { createKubernetesExecutor, type KubernetesExecutor } from "./kubernetes-executor";
import { KUBERNETES_DEFAULTS, type KubernetesSettings } from "./kubernetes-settings";
import { createPodExchange } from "./pod-exchange";
import { createPodSupplies } from "./pod-supplies";

/** An executor on a cluster that stands in: real TLS, real processes, real git; the pods' program as it is shipped, and an agent for tests. */
export interface KubernetesHarness {
  executor: KubernetesExecutor;
  cluster: ClusterStandIn;
  dataDir: string;
  mirror: string;
  base: string;
  settings: KubernetesSettings;
  git(...args: string[]): string;
  spec(prompt: string): AttemptSpec;
  /** Another executor on the same data: what a restarted server makes. The listener of the pods restarts too. */
  restarted(): Promise<KubernetesExecutor>;
  dispose(): Promise<void>;
}

const QUICK: FollowRhythm = {
  patience: { image: 300, setUp: 300, place: 300, quiet: 100 },
  settleMs: 400,
  silentMs: 2_000,
  gapMs: 5_000,
  lookMs: 200,
};

/** `rhythm`: times that differ from the quick ones of tests. */
export async function createKubernetesHarness(rhythm: Partial<FollowRhythm> = {}): Promise<KubernetesHarness> {
  const dataDir = await mkdtemp(join(tmpdir(), "aid-k-"));
  const { mirror, base, git } = await createTestRepository(dataDir);
  const program = await bundlePodProgram(dataDir, TEST_AGENT);
  const cluster = new ClusterStandIn(program);
  await cluster.listen();
  const tokens = new Map<string, number>();
  const openFront = async (port: number) => {
    const exchange = createPodExchange(join(dataDir, "attempts"), Date.now);
    const supplies = createPodSupplies(join(dataDir, "attempts"));
    const front = await openAttemptFront(
      {
        exchange,
        gateway: {
          listener: (_request, response) => void response.end("gateway says hello"),
          grantOf: (request) => Promise.resolve(grant(request, tokens)),
        },
        supplies,
        git: { basePack: (path, commit) => Promise.resolve(wholePack(dataDir, path, commit)) },
        onError: () => undefined,
        orderWaitMs: 500,
      },
      { host: "127.0.0.1", port },
    );
    return { front, exchange, supplies };
  };
  let opened = await openFront(0);
  const settings: KubernetesSettings = {
    ...KUBERNETES_DEFAULTS,
    namespace: "agents",
    image: "registry.example/agent:1",
    gatewayUrl: `http://127.0.0.1:${opened.front.port}`,
  };
  const make = () =>
    createKubernetesExecutor({
      dataDir,
      config: cluster.config(),
      settings,
      exchange: opened.exchange,
      supplies: opened.supplies,
      onTrouble: () => undefined,
      rhythm: { ...QUICK, ...rhythm },
      retryForMs: 4_000,
    });
  const made = [make()];
  return {
    executor: made[0] as KubernetesExecutor,
    cluster,
    dataDir,
    mirror,
    base,
    settings,
    git: (...args) => git(mirror, ...args),
    spec(prompt) {
      const variation = tokens.size;
      const token = `token-${variation}`;
      tokens.set(token, variation);
      const task = {
        runId: "kube0000000000",
        variation,
        attempt: 0,
        prompt,
        model: "demo",
        limits: { turns: 5, minutes: 1 },
        workspace: "/workspace",
        commandsAllowed: true,
      };
      return { name: `agent-kube0000000000-${variation}`, mirrorPath: mirror, baseCommit: base, token, task };
    },
    async restarted() {
      const { port } = opened.front;
      made.at(-1)?.close();
      await opened.front.close();
      opened = await openFront(port);
      const next = make();
      made.push(next);
      return next;
    },
    async dispose() {
      for (const executor of made) executor.close();
      await cluster.close();
      await opened.front.close();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** The pods' program as it is shipped, below `folder`; `agent`: the text of the agent, by default the real one. */
export async function bundlePodProgram(folder: string, agent?: string): Promise<string> {
  const outfile = join(folder, "program", "pod.mjs");
  await mkdir(join(folder, "program"));
  const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  const banner = {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  };
  const shared = {
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { "@": root },
    logLevel: "silent",
    banner,
  } as const;
  await build({ ...shared, entryPoints: [join(root, "server/executors/kubernetes/pod-shim.ts")], outfile });
  await build({ ...shared, entryPoints: [join(root, "agent/set-up.ts")], outfile: join(folder, "program", "setup.mjs") });
  const agentFile = join(folder, "program", "agent.mjs");
  if (agent === undefined) await build({ ...shared, entryPoints: [join(root, "agent/main.ts")], outfile: agentFile });
  else await writeFile(agentFile, agent);
  return outfile;
}

function grant({ headers }: IncomingMessage, tokens: ReadonlyMap<string, number>) {
  const variation = tokens.get(headers.authorization?.replace(/^Bearer /, "") ?? "");
  return variation === undefined ? undefined : { runId: "kube0000000000", projectId: "p", variation, attempt: 0, model: "demo" };
}

function wholePack(folder: string, mirror: string, commit: string): { file: string; shallow: string[] } {
  const file = join(folder, "base.pack");
  const args = ["--git-dir", mirror, "pack-objects", "--revs", "--stdout", "-q"];
  if (!existsSync(file)) writeFileSync(file, execFileSync("git", args, { input: `${commit}\n`, stdio: ["pipe", "pipe", "ignore"] }));
  return { file, shallow: [] };
}
