import { z } from "zod";
import type { ProviderSettingsResponse, ProviderTestResponse } from "@/lib/protocol/settings";
import { DEFAULT_PROVIDER_URL } from "../env";
import type { SecretBox } from "../environment/secret-box";
import type { SettingsStore } from "../storage/settings-store";
import { ASKED, askProvider, type Provider, type ProviderAnswer } from "./ask-provider";
import type { ServerSecrets } from "./server-secrets";

/** Who answers calls to models, and the key for it: the one entered by people before the environment's. */
export interface ProviderSettings {
  /** In force now; undefined: the demo model answers. */
  current(): Provider | undefined;
  describe(): ProviderSettingsResponse;
  /** For every call from now on, without a restart. */
  setKey(key: string): Promise<ProviderSettingsResponse>;
  /** The environment's key counts again, where there is one. */
  removeKey(): Promise<ProviderSettingsResponse>;
  /** One real request that costs nothing. */
  test(): Promise<ProviderTestResponse>;
}

const KEY = "provider.key";
/** A sealed key can be opened as nothing else. */
const CONTEXT = "server/provider.key";
const keptSchema = z.object({ sealed: z.string(), set_at: z.iso.datetime(), ends_in: z.string().nullable() });
type Kept = z.infer<typeof keptSchema> & { key: string };

export interface ProviderParts {
  store: SettingsStore;
  box: SecretBox;
  /** From the environment. */
  configured: Provider | undefined;
  /** Learns every key, so that none is kept or shown in what runs say. */
  secrets: ServerSecrets;
  now(): number;
  onError(error: unknown): void;
}

/**
 * Reads the key that is kept. One that cannot be opened (`secret.key` or `AIDEATOR_SECRET` changed) is told and counts as none: people have
 * to be able to enter it again.
 */
export async function openProviderSettings(parts: ProviderParts): Promise<ProviderSettings> {
  const { store, box, configured, secrets, now } = parts;
  let entered = await readKept(parts);

  const current = (): Provider | undefined =>
    entered === undefined ? configured : { baseUrl: configured?.baseUrl ?? DEFAULT_PROVIDER_URL, apiKey: entered.key };

  const describe = (): ProviderSettingsResponse => {
    const base = configured?.baseUrl ?? DEFAULT_PROVIDER_URL;
    const environmentKey = configured?.apiKey !== undefined;
    const fromEnvironment = environmentKey ? { from: "environment" as const, set_at: null, ends_in: null } : null;
    return {
      base_url: withoutUser(base),
      base_url_from_environment: base !== DEFAULT_PROVIDER_URL,
      key: entered === undefined ? fromEnvironment : { from: "settings", set_at: entered.set_at, ends_in: entered.ends_in },
      environment_key: environmentKey,
      demo: current() === undefined,
    };
  };

  return {
    current,
    describe,
    async setKey(key) {
      secrets.add(key);
      const kept = { sealed: box.seal(key, CONTEXT), set_at: new Date(now()).toISOString(), ends_in: lastOf(key) };
      await store.set(KEY, JSON.stringify(kept));
      entered = { ...kept, key };
      return describe();
    },
    async removeKey() {
      await store.remove(KEY);
      entered = undefined;
      return describe();
    },
    async test() {
      const provider = current();
      if (provider === undefined) return { ...noProvider, took_ms: 0 };
      const from = performance.now();
      const answer = await askProvider(provider);
      const judged = judge(answer);
      return {
        ...judged,
        said: secrets.redaction.redactText(judged.said),
        asked: `GET ${withoutUser(provider.baseUrl).replace(/\/+$/, "")}${ASKED}`,
        took_ms: Math.round(performance.now() - from),
      };
    },
  };
}

const noProvider = {
  ok: false,
  asked: "nothing",
  status: 0,
  said: "There is no provider: the demo model answers.",
  remedy: "Save a key, then test again.",
};

async function readKept({ store, box, secrets, onError }: ProviderParts): Promise<Kept | undefined> {
  const text = await store.get(KEY);
  if (text === undefined) return undefined;
  try {
    const kept = keptSchema.parse(JSON.parse(text));
    const key = box.open(kept.sealed, CONTEXT);
    secrets.add(key);
    return { ...kept, key };
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** Enough to tell two keys apart, and only where it leaves the rest unguessable. */
function lastOf(key: string): string | null {
  return key.length >= 20 ? key.slice(-4) : null;
}

/** An address may hold a user and a password. */
function withoutUser(address: string): string {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url.href.replace(/\/$/, "");
}

function judge(answer: ProviderAnswer): Pick<ProviderTestResponse, "ok" | "status" | "said" | "remedy"> {
  if ("error" in answer) {
    return { ok: false, status: 0, said: `No answer: ${answer.error}.`, remedy: "Check the address and the way to it, then test again." };
  }
  const { status, said, models } = answer;
  if (status === 401 || status === 403) {
    return { ok: false, status, said: said ?? "The key was refused.", remedy: "Check that the key was copied whole and is still valid." };
  }
  if (status === 429 || status >= 500) {
    return { ok: false, status, said: said ?? "It answers, but takes no calls now.", remedy: "The provider has trouble; try again later." };
  }
  // Servers that only know /v1/messages answer 404 here, after they have looked at the key or without one.
  if (status === 404) return { ok: true, status, said: "It answers, but keeps no list of models.", remedy: null };
  if (status >= 300) {
    return { ok: false, status, said: said ?? "This is no answer of a Messages API.", remedy: "Check the address of the provider." };
  }
  return { ok: true, status, said: models === undefined ? "It answers." : "The key is valid: it answers with its models.", remedy: null };
}
