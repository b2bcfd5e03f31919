import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineMachine } from "./examine-machine";
import type { Finding } from "./finding";
import { findingsText } from "./findings-text";

// Real programs, sandboxes and sockets; the provider is a small HTTP server.
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aideator-doctor-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const examine = (source: Record<string, string>, online = true): Promise<Finding[]> =>
  examineMachine({ online, source: { NODE_ENV: "test", PORT: "0", AIDEATOR_DATA_DIR: join(dir, "data"), ...source } });
const named = (findings: Finding[], name: string): Finding | undefined => findings.find((finding) => finding.name === name);

async function withServer<T>(status: number, work: (url: string, keys: string[]) => Promise<T>): Promise<T> {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers["x-api-key"]));
    response.writeHead(status).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys);
  } finally {
    server.close();
  }
}

describe("examining the machine", () => {
  it("finds what is here and leaves nothing behind", async () => {
    const findings = await examine({});
    expect(named(findings, "git")?.found).toMatch(/^2\.\d+/);
    expect(named(findings, "Folder")).toMatchObject({ state: "ok", found: join(dir, "data") });
    expect(named(findings, "Provider")).toMatchObject({ state: "poor", found: "none: the demo model answers" });
    expect(findings.filter(({ area }) => area === "Sandbox").length).toBeGreaterThan(1);
    expect(findings.filter(({ state }) => state === "wrong")).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  it("names each wrong variable", async () => {
    const findings = await examine({ PORT: "abc", AIDEATOR_MAX_RUNNING: "0" });
    expect(findings.map(({ name, state }) => [name, state])).toEqual([
      ["PORT", "wrong"],
      ["AIDEATOR_MAX_RUNNING", "wrong"],
    ]);
    expect(findingsText(findings, false)).toContain("2 things keep the server from its work.");
  });

  it("says that the port is taken", async () => {
    const findings = await withServer(200, (url) => examine({ PORT: new URL(url).port }));
    expect(findings.find(({ name }) => name.startsWith("Port "))).toMatchObject({ state: "wrong", found: "taken by another program" });
  });

  it("asks the provider with the key, and shows no key", async () => {
    await withServer(200, async (url, keys) => {
      const findings = await examine({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-of-mine" });
      expect(keys).toEqual(["sk-of-mine"]);
      expect(named(findings, "Provider")).toMatchObject({ state: "ok", found: `${new URL(url).host}, a key is set: answers` });
      expect(findingsText(findings, true)).not.toContain("sk-of-mine");
    });
    await withServer(401, async (url) => {
      const findings = await examine({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-wrong" });
      expect(named(findings, "Provider")).toMatchObject({ state: "wrong", remedy: "Check ANTHROPIC_API_KEY." });
    });
    await withServer(200, async (url, keys) => {
      expect(named(await examine({ ANTHROPIC_BASE_URL: url }, false), "Provider")?.found).toMatch(/not asked/);
      expect(keys).toEqual([]);
    });
    expect(named(await examine({ ANTHROPIC_BASE_URL: "http://127.0.0.1:1" }), "Provider")?.state).toBe("wrong");
  });

  it.skipIf(process.getuid?.() === 0)("says that the folder cannot be written", async () => {
    await chmod(dir, 0o500);
    const findings = await examine({});
    await chmod(dir, 0o700);
    expect(named(findings, "Folder")?.state).toBe("wrong");
  });
});
