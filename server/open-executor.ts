import { join } from "node:path";
import type { Logger } from "pino";
import type { Env } from "./env";
import { ConfigurationError } from "./env";
import { createContainerExecutor } from "./executors/container/container-executor";
import type { Executor } from "./executors/executor";
import { createKubernetesExecutor } from "./executors/kubernetes/kubernetes-executor";
import { loadClusterConfig } from "./executors/kubernetes/open-kubernetes";
import { createPodExchange } from "./executors/kubernetes/pod-exchange";
import { createPodSupplies } from "./executors/kubernetes/pod-supplies";
import type { HostExecutor, HostExecutorOptions } from "./executors/local/host-executor";
import { createLocalExecutor } from "./executors/local/local-executor";
import type { ModelGateway } from "./gateway/gateway";
import type { GitStore } from "./git/git-store";
import { openAttemptFront } from "./http/attempt-front";
import type { ExtraResource } from "./reconcile/reconcile-context";

export interface ExecutorParts {
  env: Env;
  /** Where the program's own files lie. */
  root: string;
  gateway: ModelGateway;
  git: GitStore;
  log: Logger;
}

/** Where agents of this server work, and what it may leave behind there. */
export interface OpenedExecutor {
  executor: Executor;
  leftovers: ExtraResource;
  /** True for what the executor itself has at work under this name. */
  isOwn(name: string): boolean;
  /** Ends what sandboxes have of this server beside the gateway; to be called before the gateway closes. What runs goes on. */
  stopServing(): Promise<void>;
  /** To be called once nobody attaches any more. */
  close(): void;
}

/** The executor that `AIDEATOR_EXECUTOR` names. */
export async function openExecutor(parts: ExecutorParts): Promise<OpenedExecutor> {
  const { env, root } = parts;
  if (env.kubernetes !== undefined) return openKubernetes(parts, env.kubernetes);
  const containCommand = [process.execPath, join(root, "dist/contain.mjs")];
  if (env.container !== undefined) {
    return onThisMachine(createContainerExecutor({ ...hostOptions(parts), settings: env.container, containCommand }));
  }
  return onThisMachine(createLocalExecutor({ ...hostOptions(parts), allowUnsandboxed: env.allowUnsandboxed }));
}

function hostOptions({ env, root, gateway }: ExecutorParts): HostExecutorOptions {
  return {
    dataDir: env.dataDir,
    shimCommand: [process.execPath, join(root, "dist/shim.mjs")],
    agentBundle: join(root, "dist/agent.mjs"),
    setupBundle: join(root, "dist/setup.mjs"),
    gatewaySocket: gateway.socketPath,
  };
}

function onThisMachine(executor: HostExecutor): OpenedExecutor {
  return { executor, leftovers: executor.groups, isOwn: () => false, stopServing: () => Promise.resolve(), close: () => undefined };
}

async function openKubernetes(
  parts: ExecutorParts,
  { settings, gatewayPort, gatewayTls: tls }: NonNullable<Env["kubernetes"]>,
): Promise<OpenedExecutor> {
  const { env, gateway, git, log } = parts;
  const config = await loadClusterConfig().catch((error: unknown) => {
    throw new ConfigurationError(`KUBECONFIG cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
  const exchange = createPodExchange(join(env.dataDir, "attempts"), Date.now);
  const supplies = createPodSupplies(join(env.dataDir, "attempts"));
  // Before anything is attached again: pods that work on are waiting for it. All addresses: pods come from elsewhere; tokens guard it.
  const front = await openAttemptFront(
    {
      gateway,
      exchange,
      supplies,
      git,
      onError: (error) => log.error({ err: error }, "a pod's request failed"),
    },
    { host: "0.0.0.0", port: gatewayPort, tls },
  );
  const executor = createKubernetesExecutor({
    dataDir: env.dataDir,
    config,
    settings,
    exchange,
    supplies,
    onTrouble: (error) => log.warn({ err: error }, "the cluster's API server does not answer; trying again"),
  });
  return {
    executor,
    leftovers: executor.jobs,
    isOwn: executor.isOwn,
    stopServing: front.close,
    close: executor.close,
  };
}
