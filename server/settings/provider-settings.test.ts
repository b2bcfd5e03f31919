import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createSecretBox, secretKey } from "../environment/secret-box";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaSettingsStore } from "../storage/prisma/settings-store";
import type { Provider } from "./ask-provider";
import { openProviderSettings } from "./provider-settings";
import { createServerSecrets } from "./server-secrets";

const KEY = "sk-test-0123456789-abcd";
const at = Date.UTC(2026, 10, 21, 12);

let dir: string;
let database: Database;
let baseUrl: string;
let close: () => void;
let answer: (response: ServerResponse, key: string | undefined) => void;

beforeAll(async () => {
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    const key = request.headers["x-api-key"];
    answer(response, typeof key === "string" ? key : undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => void (server.closeAllConnections(), server.close());
});
afterAll(() => close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "aid-key-"));
  database = await openDatabase(join(dir, "kept.db"), "prisma/migrations");
  answer = (response, key) => {
    if (key === KEY) return json(response, 200, { data: [{ id: "claude-sonnet-5-5" }] });
    json(response, 401, { type: "error", error: { type: "authentication_error", message: `invalid x-api-key: ${key}` } });
  };
});
afterEach(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** One server's life on the same database. */
async function open(configured?: Provider, secret?: string) {
  const secrets = createServerSecrets(configured?.apiKey === undefined ? [] : [configured.apiKey]);
  const errors: unknown[] = [];
  const provider = await openProviderSettings({
    store: createPrismaSettingsStore(database),
    box: createSecretBox(await secretKey(dir, secret)),
    configured,
    secrets,
    now: () => at,
    onError: (error) => errors.push(error),
  });
  return { provider, secrets, errors };
}

test("a key that was entered counts at once, before the environment's, and until it is removed", async () => {
  const { provider } = await open({ baseUrl, apiKey: "sk-from-the-environment" });
  expect(provider.describe().key).toEqual({ from: "environment", set_at: null, ends_in: null });
  const described = await provider.setKey(KEY);
  expect(described.key).toEqual({ from: "settings", set_at: "2026-11-21T12:00:00.000Z", ends_in: "abcd" });
  expect(provider.current()).toEqual({ baseUrl, apiKey: KEY });
  await provider.removeKey();
  expect(provider.current()).toEqual({ baseUrl, apiKey: "sk-from-the-environment" });
  expect(provider.describe().key?.from).toBe("environment");
});

test("without any configuration a key is enough: it goes to Anthropic's own address", async () => {
  const { provider } = await open();
  expect(provider.current()).toBeUndefined();
  expect(provider.describe()).toMatchObject({ demo: true, key: null });
  await provider.setKey(KEY);
  expect(provider.current()).toEqual({ baseUrl: "https://api.anthropic.com", apiKey: KEY });
  expect(provider.describe().demo).toBe(false);
});

test("the key outlives a restart, sealed: neither it nor its beginning is on the disk or in what is told", async () => {
  const first = await open();
  const told = await first.provider.setKey(KEY);
  expect(JSON.stringify(told)).not.toContain(KEY.slice(0, 12));
  const second = await open();
  expect(second.provider.current()?.apiKey).toBe(KEY);
  await database.$disconnect();
  const kept = await Promise.all(["kept.db", "kept.db-wal"].map((name) => readFile(join(dir, name), "latin1").catch(() => "")));
  expect(kept.join("")).toContain("provider.key");
  expect(kept.join("")).not.toContain(KEY.slice(0, 12));
});

test("a key sealed with another secret counts as none and can be entered again", async () => {
  await (await open()).provider.setKey(KEY);
  const { provider, errors } = await open(undefined, "another secret of at least 32 characters");
  expect(provider.current()).toBeUndefined();
  expect(errors).toHaveLength(1);
  await provider.setKey(KEY);
  expect(provider.current()?.apiKey).toBe(KEY);
});

test("every key that was entered is redacted from then on, also after it was removed", async () => {
  const { provider, secrets } = await open();
  const { redaction } = secrets;
  expect(redaction.redactText(`it is ${KEY}`)).toContain(KEY);
  await provider.setKey(KEY);
  expect(redaction.redactText(`it is ${KEY}`)).toBe("it is [redacted]");
  expect(redaction.attempt().push({ type: "warning.raised", message: `it is ${KEY}` })).toEqual([
    { type: "warning.raised", message: "it is [redacted]" },
  ]);
  await provider.removeKey();
  expect(redaction.redactText(KEY)).toBe("[redacted]");
  // After a restart it is known again from what is kept.
  await provider.setKey(KEY);
  expect((await open()).secrets.redaction.redactText(KEY)).toBe("[redacted]");
});

test("a test asks the provider and tells what it said, never the key", async () => {
  const { provider } = await open({ baseUrl });
  await provider.setKey(KEY);
  expect(await provider.test()).toMatchObject({ ok: true, status: 200, asked: `GET ${baseUrl}/v1/models?limit=1` });
  await provider.setKey("sk-wrong-0123456789-zzzz");
  const refused = await provider.test();
  expect(refused).toMatchObject({ ok: false, status: 401, said: "invalid x-api-key: [redacted]" });
  expect(refused.remedy).toContain("copied whole");
});

test("a test says where nobody answers, or somebody else", async () => {
  const { provider } = await open({ baseUrl });
  answer = (response) => response.destroy();
  expect(await provider.test()).toMatchObject({ ok: false, status: 0 });
  answer = (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  expect(await provider.test()).toMatchObject({ ok: false, status: 302, remedy: "Check the address of the provider." });
  expect(await (await open()).provider.test()).toMatchObject({ ok: false, asked: "nothing" });
});
