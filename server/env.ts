import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { isFree } from "@/lib/pricing/prices";
import { parseEgressRule } from "./environment/egress-rules";
import { type RegistrySettings, registrySettings } from "./environment/registry-settings";
import { containerEnvShape, containerSettings } from "./executors/container/container-env";
import type { ContainerSettings } from "./executors/container/container-machine";
import { gatewayTls, kubernetesEnvShape, kubernetesSettings, type TlsFiles } from "./executors/kubernetes/kubernetes-env";
import type { KubernetesSettings } from "./executors/kubernetes/kubernetes-settings";

const flag = z
  .enum(["0", "1"])
  .default("0")
  .transform((value) => value === "1");
/** Anthropic's own address. */
export const DEFAULT_PROVIDER_URL = "https://api.anthropic.com";

const days = z.coerce.number({ error: "must be a number of days" }).min(0).max(3_650);
const url = z.url({ protocol: /^https?$/, error: "must be an http:// or https:// address" });
const hosts = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );
const list = z
  .string()
  .default("")
  .transform((value) => value.split(":").filter((part) => part !== ""));

/** The whole configuration (docs/configuration.md). Nobody else reads `process.env`. */
const envSchema = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: z.coerce.number({ error: "must be a port number" }).int().min(0).max(65_535).default(3_000),
  DATABASE_URL: z
    .string()
    .regex(/^file:.+/, "must be file:<path> (SQLite); PostgreSQL is not supported by this version")
    .optional(),
  AIDEATOR_DATA_DIR: z.string().min(1).default("./data"),
  AIDEATOR_EXECUTOR: z.enum(["local", "kubernetes", "container"], { error: "must be local, kubernetes or container" }).default("local"),
  ...kubernetesEnvShape,
  ...containerEnvShape,
  AIDEATOR_MAX_RUNNING: z.coerce.number({ error: "must be a whole number from 1 to 100" }).int().min(1).max(100).optional(),
  AIDEATOR_AUTO_CHECKS: z
    .enum(["0", "1"])
    .default("1")
    .transform((value) => value === "1"),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_BASE_URL: url.optional(),
  AIDEATOR_MODEL_FALLBACKS: z
    .string()
    .default("")
    .transform((value) => [
      ...new Set(
        value
          .split(",")
          .map((part) => part.trim())
          .filter((part) => part !== ""),
      ),
    ])
    .refine((models) => models.length <= 5 && !models.some(isFree), {
      error: "must be up to 5 model ids of the provider, separated by commas",
    }),
  AIDEATOR_MAX_MODEL_CALLS: z.coerce.number({ error: "must be a whole number from 1 to 1000" }).int().min(1).max(1_000).default(32),
  AIDEATOR_AUDIT_BODIES: flag,
  AIDEATOR_LOCAL_REPOS: list,
  AIDEATOR_GIT_HOSTS: hosts,
  AIDEATOR_EGRESS_HOSTS: hosts.refine(
    (all) => all.every((host) => parseEgressRule(host, true) !== undefined),
    "must be hosts separated by commas, such as registry.internal:8443 or *.corp.example",
  ),
  AIDEATOR_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  AIDEATOR_KEEP_ENVIRONMENTS_GB: z.coerce.number({ error: "must be a number of gigabytes" }).min(0).max(100_000).default(20),
  AIDEATOR_PUBLIC_URL: url.optional(),
  AIDEATOR_ACCESS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  AIDEATOR_ACCESS_TOKEN_PREVIOUS: z.string().min(16, "must have at least 16 characters").optional(),
  AIDEATOR_ALLOW_UNSANDBOXED: flag,
  AIDEATOR_SCRIPTS: z.string().min(1).optional(),
  AIDEATOR_KEEP_TREES_DAYS: days.default(14),
  AIDEATOR_KEEP_TRASH_DAYS: days.default(3),
  AIDEATOR_GIT_AUTHOR: z
    .string()
    .regex(/^[^<>\n\r]+ <[^<>\s]+@[^<>\s]+>$/, "must look like Ada Lovelace <ada@example.com>")
    .optional(),
  GITHUB_TOKEN: z.string().min(1).optional(),
  GITHUB_API_URL: url.default("https://api.github.com"),
  SSH_AUTH_SOCK: z.string().optional(),
  AIDEATOR_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

export interface Env {
  host: string;
  port: number;
  /** Absolute path of the SQLite file. */
  databaseFile: string;
  /** Absolute. */
  dataDir: string;
  maxRunning: number;
  /** Whether projects whose people have not said so are checked by themselves. */
  autoChecks: boolean;
  /** Agents work in a cluster; absent: on this machine. `gatewayPort` is where their pods come, `gatewayTls` what it speaks HTTPS with. */
  kubernetes?: { settings: KubernetesSettings; gatewayPort: number; gatewayTls?: TlsFiles };
  /** Agents work in containers of an engine on this machine. */
  container?: ContainerSettings;
  /** Absent when neither key nor base URL is set: the demo model answers. */
  provider?: { baseUrl: string; apiKey?: string };
  /** Models that answer when the one asked for cannot, in order. */
  modelFallbacks: string[];
  /** Calls to the provider at once. */
  maxModelCalls: number;
  /** The audit of calls keeps what was asked and answered. */
  auditBodies: boolean;
  localRepos: string[];
  gitHosts: string[];
  /** Hosts that set-ups may reach wherever they are, as `parseEgressRule` takes them. */
  egressHosts: string[];
  registries: RegistrySettings;
  /** What the key of project secrets is drawn from; absent: a random one in the data folder. */
  secret?: string;
  /** How much of installed dependencies is kept. */
  keptEnvironmentBytes: number;
  publicUrl?: string;
  accessToken?: string;
  /** Programs may still use it. */
  previousAccessToken?: string;
  /** One person on this machine: loopback only, and no shared token. */
  singleUser: boolean;
  allowUnsandboxed: boolean;
  /** How long what nobody needs is kept. */
  retention: { keptTreesDays: number; trashDays: number };
  /** Absolute. */
  scriptsDir?: string;
  /** Who landed commits are by; git's user.name and user.email otherwise. */
  gitAuthor?: { name: string; email: string };
  /** Without a trailing slash; the token is for pull requests. */
  github: { apiUrl: string; token?: string };
  /** The user's ssh-agent: for fetches and pushes, never for a sandbox. */
  sshAgent?: string;
  logLevel: string;
  /** Names of the variables above that were given. */
  given: ReadonlySet<string>;
  production: boolean;
}

/** A wrong value: one sentence per variable, with the remedy. */
export class ConfigurationError extends Error {}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1", "[::1]"]);

/** Reads and checks the configuration; throws `ConfigurationError` that names the variable. Empty values count as absent. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`).join("\n"));
  }
  const env = parsed.data;
  if (!LOOPBACK.has(env.HOST) && env.AIDEATOR_ACCESS_TOKEN === undefined) {
    throw new ConfigurationError(
      `HOST is ${env.HOST}, which others can reach, and there is no authentication. Set AIDEATOR_ACCESS_TOKEN to a long random value, or HOST=127.0.0.1.`,
    );
  }
  if (env.AIDEATOR_ACCESS_TOKEN_PREVIOUS !== undefined && env.AIDEATOR_ACCESS_TOKEN === undefined) {
    throw new ConfigurationError(
      "AIDEATOR_ACCESS_TOKEN_PREVIOUS is the token before the current one. Set AIDEATOR_ACCESS_TOKEN to the current one, or remove it.",
    );
  }
  const kubernetes = env.AIDEATOR_EXECUTOR === "kubernetes" ? kubernetesSettings(env) : undefined;
  if (typeof kubernetes === "string") throw new ConfigurationError(kubernetes);
  const container = env.AIDEATOR_EXECUTOR === "container" ? containerSettings(env) : undefined;
  if (typeof container === "string") throw new ConfigurationError(container);
  const dataDir = resolve(env.AIDEATOR_DATA_DIR);
  const hasProvider = env.ANTHROPIC_API_KEY !== undefined || env.ANTHROPIC_BASE_URL !== undefined;
  return {
    host: env.HOST,
    port: env.PORT,
    dataDir,
    databaseFile: env.DATABASE_URL === undefined ? resolve(dataDir, "aideator.db") : resolve(env.DATABASE_URL.slice("file:".length)),
    maxRunning: env.AIDEATOR_MAX_RUNNING ?? Math.max(3, availableParallelism()),
    autoChecks: env.AIDEATOR_AUTO_CHECKS,
    kubernetes:
      kubernetes === undefined ? undefined : { settings: kubernetes, gatewayPort: env.AIDEATOR_GATEWAY_PORT, gatewayTls: gatewayTls(env) },
    container,
    provider: hasProvider ? { baseUrl: env.ANTHROPIC_BASE_URL ?? DEFAULT_PROVIDER_URL, apiKey: env.ANTHROPIC_API_KEY } : undefined,
    modelFallbacks: env.AIDEATOR_MODEL_FALLBACKS,
    maxModelCalls: env.AIDEATOR_MAX_MODEL_CALLS,
    auditBodies: env.AIDEATOR_AUDIT_BODIES,
    localRepos: env.AIDEATOR_LOCAL_REPOS.map((path) => resolve(path)),
    gitHosts: env.AIDEATOR_GIT_HOSTS,
    egressHosts: env.AIDEATOR_EGRESS_HOSTS,
    registries: registrySettings(source),
    secret: env.AIDEATOR_SECRET,
    keptEnvironmentBytes: env.AIDEATOR_KEEP_ENVIRONMENTS_GB * 1024 ** 3,
    publicUrl: env.AIDEATOR_PUBLIC_URL?.replace(/\/+$/, ""),
    accessToken: env.AIDEATOR_ACCESS_TOKEN,
    previousAccessToken: env.AIDEATOR_ACCESS_TOKEN_PREVIOUS,
    singleUser: LOOPBACK.has(env.HOST) && env.AIDEATOR_ACCESS_TOKEN === undefined,
    retention: { keptTreesDays: env.AIDEATOR_KEEP_TREES_DAYS, trashDays: env.AIDEATOR_KEEP_TRASH_DAYS },
    allowUnsandboxed: env.AIDEATOR_ALLOW_UNSANDBOXED,
    scriptsDir: env.AIDEATOR_SCRIPTS === undefined ? undefined : resolve(env.AIDEATOR_SCRIPTS),
    gitAuthor: parseAuthor(env.AIDEATOR_GIT_AUTHOR),
    github: { apiUrl: env.GITHUB_API_URL.replace(/\/+$/, ""), token: env.GITHUB_TOKEN },
    sshAgent: env.SSH_AUTH_SOCK,
    logLevel: env.AIDEATOR_LOG_LEVEL,
    given: new Set(Object.keys(given)),
    production: source.NODE_ENV !== "development",
  };
}

/**
 * next-auth reads its address from the environment only. It gets ours, and nothing that it would take from there besides: who else set such
 * variables meant another program.
 */
export function provideNextAuthAddress({ publicUrl, port }: Pick<Env, "publicUrl" | "port">): void {
  for (const name of ["NEXTAUTH_URL_INTERNAL", "NEXTAUTH_SECRET", "AUTH_SECRET", "AUTH_TRUST_HOST", "VERCEL"]) delete process.env[name];
  process.env.NEXTAUTH_URL = publicUrl === undefined ? `http://localhost:${port}` : new URL(publicUrl).origin;
}

/** `Ada Lovelace <ada@example.com>`, as git writes it. */
function parseAuthor(text: string | undefined): Env["gitAuthor"] {
  const [, name, email] = /^(.*) <(.*)>$/.exec(text ?? "") ?? [];
  return name === undefined || email === undefined ? undefined : { name: name.trim(), email };
}
