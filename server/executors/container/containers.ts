import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ATTEMPT_LABEL, type ContainerSpec, SERVER_LABEL } from "./container-spec";
import { createDemultiplexer } from "./demultiplex";
import { type EngineApi, EngineError } from "./engine-api";

const REMOVE_TIMEOUT_MS = 5_000;
const LOOK_INTERVAL_MS = 20;
/** Between the end of a container's output and the engine's knowing of its end. */
const END_TIMEOUT_MS = 10_000;

const createdSchema = z.object({ Id: z.string() });
const inspectedSchema = z.object({
  State: z.object({ Running: z.boolean(), Pid: z.int(), ExitCode: z.int(), OOMKilled: z.boolean().default(false) }),
});
const listedSchema = z.array(z.object({ Id: z.string(), Created: z.number(), Labels: z.record(z.string(), z.string()).nullable() }));

export interface ContainerState {
  running: boolean;
  /** As the engine numbers it: of this machine only where both are on one. 0: none. */
  pid: number;
  exitCode: number;
  outOfMemory: boolean;
}

/** One that was made and started, and whose output is to be read. */
export interface StartedContainer {
  id: string;
  /** Passes the outputs on, piece by piece in the order they came, until both have ended, which they do with the container. */
  relay(output: (stream: "stdout" | "stderr", chunk: Buffer) => Promise<void> | void): Promise<void>;
}

/** Makes and starts a container; nothing that it says is lost. One of this name that is there, left by a crash, is removed before. */
export async function startContainer(api: EngineApi, name: string, spec: ContainerSpec): Promise<StartedContainer> {
  await removeContainer(api, name);
  const { Id: id } = createdSchema.parse(await api.call("POST", "/containers/create", { query: { name }, body: spec }));
  const stream = await api.attach(id);
  const demultiplex = createDemultiplexer();
  await api.call("POST", `/containers/${id}/start`);
  return {
    id,
    async relay(output) {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        for (const piece of demultiplex(chunk)) await output(piece.stream, piece.chunk);
      }
    },
  };
}

/** Rejects with status 404 where there is none. */
export async function inspectContainer(api: EngineApi, id: string): Promise<ContainerState> {
  const { State } = inspectedSchema.parse(await api.call("GET", `/containers/${id}/json`));
  return { running: State.Running, pid: State.Pid, exitCode: State.ExitCode, outOfMemory: State.OOMKilled };
}

/** How a container ended whose output has ended; it still runs where the engine let its output go. `/wait` would look far too rarely. */
export async function endOf(api: EngineApi, id: string): Promise<ContainerState> {
  const deadline = performance.now() + END_TIMEOUT_MS;
  for (;;) {
    const state = await inspectContainer(api, id);
    if (!state.running || performance.now() > deadline) return state;
    await pause(LOOK_INTERVAL_MS);
  }
}

/** Ends it at once, whatever it does. Fine when it has ended or is gone. */
export async function killContainer(api: EngineApi, id: string): Promise<void> {
  await api.call("POST", `/containers/${id}/kill`, { query: { signal: "KILL" } }).catch((error: unknown) => {
    // 409 from Docker and Podman where it does not run; 500 from some versions of Podman.
    if (!(error instanceof EngineError) || error.status === 0) throw error;
  });
}

/** Ends and removes it; resolves when it is gone. Idempotent. */
export async function removeContainer(api: EngineApi, id: string): Promise<void> {
  const deadline = performance.now() + REMOVE_TIMEOUT_MS;
  for (;;) {
    try {
      // Before: Podman gives one that is to be removed by force ten seconds to end by itself.
      await inspectContainer(api, id);
      await killContainer(api, id);
      await api.call("DELETE", `/containers/${id}`, { query: { force: "true", v: "true" } });
      return;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return;
      if (!(error instanceof EngineError) || error.status === 0 || performance.now() > deadline) throw error;
      // Somebody else is removing it, or it is just being started.
      await pause(LOOK_INTERVAL_MS);
    }
  }
}

export interface ListedContainer {
  id: string;
  attempt: string;
  /** ms since the epoch, to the second. */
  createdAt: number;
}

/** Containers of one server, or of one of its attempts, whatever state they are in. */
export async function listContainers(api: EngineApi, server: string, attempt?: string): Promise<ListedContainer[]> {
  const label = [`${SERVER_LABEL}=${server}`, ...(attempt === undefined ? [] : [`${ATTEMPT_LABEL}=${attempt}`])];
  const listed = await api.call("GET", "/containers/json", { query: { all: "true", filters: JSON.stringify({ label }) } });
  return listedSchema.parse(listed).flatMap(({ Id: id, Created, Labels }) => {
    const name = Labels?.[ATTEMPT_LABEL];
    return name === undefined ? [] : [{ id, attempt: name, createdAt: Created * 1_000 }];
  });
}
