import { z } from "zod";
import { ContainerTrouble } from "./container-trouble";
import { createEngineApi, type EngineApi } from "./engine-api";

const PING_TIMEOUT_MS = 2_000;

/** `/version` and `/info` as far as anybody here asks. */
const versionSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string().optional(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
});
const infoSchema = z.object({ SecurityOptions: z.array(z.string()).nullish(), Rootless: z.boolean().optional() });

/** One engine, and what it says of itself. */
export interface Engine {
  api: EngineApi;
  kind: "Docker" | "Podman";
  version: string;
  /** It runs as an ordinary user and can give no other. */
  rootless: boolean;
  selinux: boolean;
  /** All containers are in a user namespace unless they ask for none. */
  remapsUsers: boolean;
}

/** Whether something that speaks the Engine API answers there. */
export function answers(api: EngineApi): Promise<boolean> {
  return api.call("GET", "/_ping", { timeoutMs: PING_TIMEOUT_MS }).then(
    () => true,
    () => false,
  );
}

/** The first of these sockets behind which an engine answers. Rejects with `ContainerTrouble` when none does. */
export async function findEngine(sockets: readonly string[]): Promise<Engine> {
  const refusals: string[] = [];
  for (const socketPath of sockets) {
    const api = createEngineApi(socketPath);
    try {
      await api.call("GET", "/_ping", { timeoutMs: PING_TIMEOUT_MS });
      return await describeEngine(api);
    } catch (error) {
      refusals.push(`${socketPath}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const remedy =
    "Start Docker or Podman (systemctl start docker, or systemctl --user start podman.socket), or set AIDEATOR_CONTAINER_SOCKET to a socket that this server may use.";
  throw new ContainerTrouble(`No engine of containers answers (${refusals.join("; ")}).`, remedy);
}

async function describeEngine(api: EngineApi): Promise<Engine> {
  const [version, info] = await Promise.all([api.call("GET", "/version"), api.call("GET", "/info")]);
  const { Version, Components } = versionSchema.parse(version);
  const { SecurityOptions, Rootless } = infoSchema.parse(info);
  const options = (SecurityOptions ?? []).map((option) => /(?:^|,)name=([^,]+)/.exec(option)?.[1] ?? option);
  return {
    api,
    kind: (Components ?? []).some(({ Name }) => Name.startsWith("Podman")) ? "Podman" : "Docker",
    version: Version,
    rootless: Rootless === true || options.includes("rootless"),
    selinux: options.includes("selinux"),
    remapsUsers: options.includes("userns"),
  };
}
