import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { KubeConfig, V1Job, V1Pod } from "@kubernetes/client-node";
import { z } from "zod";
import type { AttachItem, AttemptExit, AttemptSpec, CollectedTree, Executor, ExecutorRef, SandboxReport } from "../executor";
import { attemptFiles } from "../local/attempt-files";
import { readCollected } from "../local/attempt-trees";
import { removeFolder } from "../local/remove-folder";
import { createAttemptNotes } from "./attempt-notes";
import { createClusterApi, mayPass } from "./cluster-api";
import { createClusterEvents } from "./cluster-events";
import { createClusterJobs } from "./cluster-jobs";
import { clusterReport } from "./cluster-report";
import { type FollowRhythm, followPod, goneExit } from "./follow-pod";
import { createImagePrograms } from "./image-programs";
import { APP_LABEL } from "./job-spec";
import type { KubernetesSettings } from "./kubernetes-settings";
import { type ObservedCluster, observeAttempt } from "./observe-attempt";
import { agentConfig, type PodConfig, setupConfig } from "./pod-config";
import type { PodExchange } from "./pod-exchange";
import { stopped } from "./pod-failure";
import { PATIENCE } from "./pod-progress";
import { openPodSpool } from "./pod-spool";
import type { PodSupplies } from "./pod-supplies";
import { takeKept, takeReports } from "./take-left";
import { watchResources } from "./watch-resources";

export interface KubernetesExecutorOptions {
  /** Absolute. */
  dataDir: string;
  config: KubeConfig;
  settings: KubernetesSettings;
  /** Where pods upload to; on the same data folder. */
  exchange: PodExchange;
  /** What pods fetch; on the same data folder. */
  supplies: PodSupplies;
  /** A watch that failed and is tried again. */
  onTrouble(error: unknown): void;
  /** Times, for tests. */
  rhythm?: Partial<FollowRhythm>;
  retryForMs?: number;
}

const RHYTHM: FollowRhythm = { patience: PATIENCE, settleMs: 5_000, silentMs: 60_000, gapMs: 30_000, lookMs: 2_000 };

/** A pod's grace and a little more. */
const LEAVING_MS = 45_000;
const LOOK_AGAIN_MS = 300;

const refData = z.object({ uid: z.string() });

export interface KubernetesExecutor extends Executor {
  /** Jobs of this namespace, live ones among them: what a crash can leave behind. */
  jobs: { label: string; list(): Promise<string[]>; remove(name: string): Promise<void> };
  /** True for a Job of the executor itself that is at work. */
  isOwn(name: string): boolean;
  close(): void;
}

/** One Job per attempt (docs/decisions/024). What the cluster forgets — logs, how a pod ended, uploaded trees — is kept in the attempt's folder. */
export function createKubernetesExecutor(options: KubernetesExecutorOptions): KubernetesExecutor {
  const { config, settings, exchange, supplies, onTrouble } = options;
  const { namespace } = settings;
  const rhythm = { ...RHYTHM, ...options.rhythm };
  const attemptsDir = join(options.dataDir, "attempts");
  const api = createClusterApi(config, options.retryForMs);
  const jobs = createClusterJobs(api, settings);
  const selector = `app=${APP_LABEL}`;
  const notes = createAttemptNotes(attemptsDir);
  const cluster: ObservedCluster = {
    jobs: watchResources<V1Job>(api, `/apis/batch/v1/namespaces/${namespace}/jobs`, selector, onTrouble),
    pods: watchResources<V1Pod>(api, `/api/v1/namespaces/${namespace}/pods`, selector, onTrouble),
    events: createClusterEvents(api, namespace),
    find: jobs.find,
    wasStopped: notes.wasStopped,
  };
  const closing = new AbortController();
  let report: { at: number; made: Promise<SandboxReport> } | undefined;

  const reference = (name: string, uid: string): ExecutorRef => ({ executor: "kubernetes", name, data: { uid } });

  async function adopt(name: string): Promise<ExecutorRef | undefined> {
    const job = await jobs.find(name);
    if (job === undefined) return undefined;
    const uid = job.metadata?.uid ?? "";
    await complete(name, uid);
    return reference(name, uid);
  }

  /** Gives a pod what the server that made its Job did not come to give it any more; with the token of then, so it does not matter whether it had. */
  async function complete(name: string, uid: string): Promise<void> {
    const config = await notes.owed(name);
    if (config === undefined) return;
    await jobs.giveConfig(name, uid, config);
    await notes.started(name);
  }

  async function launch(name: string, config: PodConfig): Promise<ExecutorRef> {
    // Written before anything can run: a folder without it holds nobody's work, and what is in it can be given later.
    await notes.beforeStart(name, config);
    const uid = await jobs.create(name, config.work);
    await complete(name, uid);
    return reference(name, uid);
  }

  async function cleanup(name: string): Promise<void> {
    await jobs.remove(name);
    exchange.forget(name);
    supplies.forget(name);
    await removeFolder(attemptFiles(attemptsDir, name).folder);
  }

  /** A set-up has its name from what it makes: the one before may still be on its way out. */
  async function whenGone(name: string): Promise<void> {
    for (const deadline = performance.now() + LEAVING_MS; performance.now() < deadline; await pause(LOOK_AGAIN_MS))
      if ((await jobs.find(name))?.metadata?.deletionTimestamp === undefined) return;
  }

  const programs = createImagePrograms({
    issueToken: supplies.issueToken,
    launch,
    attach: (ref) => attach(ref, { fromLine: 1, signal: closing.signal }),
    cleanup,
  });

  return {
    kind: "kubernetes",
    // By its name: nodes may hold different images of one tag, and which one a pod gets is known only once it runs.
    image: () => Promise.resolve(settings.image),
    jobs: { label: "Kubernetes Job", list: jobs.names, remove: jobs.remove },
    isOwn: programs.isAsking,
    close() {
      closing.abort();
      cluster.jobs.close();
      cluster.pods.close();
      api.close();
    },
    report() {
      if (report === undefined || performance.now() - report.at > 10_000)
        report = { at: performance.now(), made: clusterReport(api, settings) };
      return report.made;
    },
    // The tree is made in the pod.
    prepare: (spec) => supplies.offer(spec),
    async start(spec) {
      if (!("task" in spec)) await whenGone(spec.name);
      const known = await adopt(spec.name);
      if (known !== undefined) return known;
      if ("task" in spec) return launch(spec.name, agentConfig(spec));
      const folders = await Promise.all(spec.setup.shown.map(async ({ from }) => (await stat(from)).isDirectory()));
      return launch(spec.name, setupConfig(spec, folders, supplies.issueToken(spec.name)));
    },
    adopt,
    async alive(ref) {
      if ((await notes.exit(ref.name)) !== undefined) return true;
      try {
        return (await jobs.find(ref.name))?.metadata?.uid === refData.parse(ref.data).uid;
      } catch (error) {
        // An API server that is away says nothing of the pod: whoever attaches will wait for it.
        if (mayPass(error)) return true;
        throw error;
      }
    },
    attach,
    async stop(ref) {
      await notes.stopping(ref.name);
      await jobs.stop(ref.name);
    },
    collect: (spec, { final, have }) => collect(exchange, spec, final, have),
    keep: (spec, folder) => takeKept(supplies.left(spec.name, "kept"), folder),
    reports: (spec) => takeReports(supplies.left(spec.name, "reports"), join(attemptFiles(attemptsDir, spec.name).folder, "reports")),
    programs: programs.find,
    cleanup,
  };

  async function* attach(ref: ExecutorRef, { fromLine, signal }: { fromLine: number; signal: AbortSignal }): AsyncGenerator<AttachItem> {
    const files = attemptFiles(attemptsDir, ref.name);
    const { uid } = refData.parse(ref.data);
    const spool = await openPodSpool(files.spool);
    const observed = observeAttempt(cluster, ref.name, uid);
    let line = 0;
    try {
      for await (const { text } of spool.lines()) {
        line += 1;
        if (line >= fromLine) yield { type: "line", line: { line, text } };
        if (signal.aborted) return;
      }
      const ended = (await notes.exit(ref.name)) ?? (await patiently(() => vanished(ref.name, uid), signal));
      if (signal.aborted) return;
      if (ended !== undefined) exchange.over(ref.name);
      if (ended !== undefined) return yield { type: "exit", exit: ended };
      const follow = { api, namespace, name: ref.name, observed, exchange, rhythm, signal };
      for await (const item of followPod(follow, spool.last())) {
        if (item.type === "exit") {
          await notes.ended(ref.name, item.exit);
          exchange.over(ref.name);
          // What failed while it waited must not start an hour later.
          if (item.exit.kind === "failed") await jobs.remove(ref.name).catch(onTrouble);
          return yield item;
        }
        await spool.append(item.lines);
        for (const { text } of item.lines) {
          line += 1;
          if (line >= fromLine) yield { type: "line", line: { line, text } };
          if (signal.aborted) return;
        }
      }
    } finally {
      observed.close();
      await spool.close();
    }
  }

  /** Waits for an API server that is away as long as somebody wants to know: pods work on without it. */
  async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await ask();
      } catch (error) {
        if (!mayPass(error)) throw error;
        onTrouble(error);
        await pause(rhythm.lookMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** The Job was gone before this attach, and nobody had read how it ended. */
  async function vanished(name: string, uid: string): Promise<AttemptExit | undefined> {
    const job = await jobs.find(name);
    await Promise.all([cluster.jobs.all(), cluster.pods.all()]);
    if (job?.metadata?.uid === uid) return undefined;
    const said = await exchange.end(name);
    if (said !== undefined && said.code <= 128) return { kind: "exited", code: said.code };
    return (await notes.wasStopped(name)) ? { kind: "failed", failure: stopped() } : goneExit();
  }
}

/** The tree of a working pod, or at the end the last one that it uploaded. */
async function collect(exchange: PodExchange, spec: AttemptSpec, final: boolean, have: string | undefined): Promise<CollectedTree> {
  if (!final) {
    const { output, packFile } = await exchange.askTree(spec.name, have);
    return readCollected(output, packFile, spec.baseCommit);
  }
  const tree = await exchange.lastTree(spec.name);
  if (tree === undefined) {
    const warning = "The pod ended before it could upload its tree: nothing of it is left.";
    return { commit: spec.baseCommit, warnings: [warning], complete: true };
  }
  const collected = await readCollected(tree.output, tree.packFile, spec.baseCommit);
  const late = tree.final ? [] : ["The pod ended before it could upload its last tree. This is the one before."];
  // There is no tree on this server that could stay: what is not in it went with the pod.
  return { ...collected, warnings: [...collected.warnings, ...late], complete: true };
}
