import { z } from "zod";
import { detectedSetupSchema } from "@/lib/protocol/environment";
import type { SetupState } from "@/lib/run/setup";
import { redactSecrets, type SecretRedaction } from "../runs/redact-secrets";
import type { EnvironmentSettings, ProjectSettings, StoredVariable } from "../storage/project-settings";
import type { DetectedSetup } from "./detect-setup";
import type { SecretBox } from "./secret-box";

/** What the newest run of a project found and did, for its page. */
export const newestSchema = z.object({
  detected: detectedSetupSchema.nullable(),
  last: z
    .object({ ok: z.boolean(), skipped: z.boolean(), reason: z.string().nullable(), command: z.string().nullable(), at: z.number() })
    .nullable(),
});
export type Newest = z.infer<typeof newestSchema>;

/** Settings, variables and secrets of projects, as runs need them. */
export interface ProjectVault {
  settings(projectId: string): Promise<EnvironmentSettings>;
  /** Secrets sealed. */
  stored(projectId: string): Promise<StoredVariable[]>;
  /** Opened. */
  variablesFor(projectId: string, whom: "setup" | "agent"): Promise<Record<string, string>>;
  /** Of the server's secrets and all of the project's. */
  redactionFor(projectId: string): Promise<SecretRedaction>;
  saveNewest(projectId: string, found: { detected?: DetectedSetup; setup?: SetupState; at: number }): Promise<void>;
}

/** Where a secret belongs: it can be opened nowhere else. */
export function secretContext(projectId: string, name: string): string {
  return `${projectId}/${name}`;
}

/** See `ProjectVault`. `serverSecrets` are looked for in every project; they may grow. */
export function createProjectVault(store: ProjectSettings, box: SecretBox, serverSecrets: () => readonly string[]): ProjectVault {
  /** Ready ones are dear to make and the same for all attempts of a run. */
  const redactions = new Map<string, { of: string; redaction: SecretRedaction }>();
  const opened = (projectId: string, { name, value, secret }: StoredVariable): string =>
    secret ? box.open(value, secretContext(projectId, name)) : value;

  return {
    settings: (projectId) => store.environment(projectId),
    stored: (projectId) => store.variables(projectId),
    async variablesFor(projectId, whom) {
      const all = await store.variables(projectId);
      const exposed = all.filter(({ expose }) => expose === "both" || expose === whom);
      return Object.fromEntries(exposed.map((variable) => [variable.name, opened(projectId, variable)]));
    },
    async redactionFor(projectId) {
      const secrets = (await store.variables(projectId)).filter(({ secret }) => secret);
      const own = serverSecrets();
      const of = [own.length, ...secrets.map(({ value }) => value)].join(" ");
      const known = redactions.get(projectId);
      if (known?.of === of) return known.redaction;
      const redaction = redactSecrets([...own, ...secrets.map((secret) => opened(projectId, secret))]);
      redactions.set(projectId, { of, redaction });
      return redaction;
    },
    async saveNewest(projectId, { detected, setup, at }) {
      const { command = null, finished } = setup ?? {};
      const newest: Newest = {
        detected:
          detected === undefined
            ? null
            : {
                name: detected.name,
                command: detected.command ?? null,
                missing: detected.missing ?? null,
                locks: detected.locks,
                domains: detected.domains,
              },
        last: finished === undefined ? null : { ok: finished.ok, skipped: finished.skipped, reason: finished.reason ?? null, command, at },
      };
      await store.saveEnvironment(projectId, { newest: JSON.stringify(newest) });
    },
  };
}
