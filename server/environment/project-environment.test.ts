import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeEnvironmentSchema } from "@/lib/protocol/environment";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaProjectSettings } from "../storage/prisma/project-settings";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createDependencyCache } from "./dependency-cache";
import { createProjectEnvironment, type ProjectEnvironment } from "./project-environment";
import { createProjectVault, type ProjectVault } from "./project-vault";
import { createSecretBox, secretKey } from "./secret-box";

let dir: string;
let database: Database;
let environment: ProjectEnvironment;
let vault: ProjectVault;
let id: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "aid-project-"));
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
  const projects = createPrismaRunIndex(database);
  const store = createPrismaProjectSettings(database);
  const box = createSecretBox(await secretKey(dir));
  environment = createProjectEnvironment({ projects, store, box, cache: createDependencyCache(dir, { keptBytes: 0, now: Date.now }) });
  vault = createProjectVault(store, box, () => ["the-server's-own-key"]);
  ({ id } = await projects.projectFor("https://github.com/acme/shop", "acme/shop"));
});
afterEach(async () => {
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

describe("a project's environment", () => {
  it("begins with what is detected, and takes changes one by one", async () => {
    expect(await environment.describe(id)).toMatchObject({
      name: "acme/shop",
      detected: null,
      setup_command: null,
      enabled: true,
      seed_from_checkout: true,
      domains: [],
      env: [],
      secrets: [],
      last: null,
      kept_bytes: 0,
    });
    await environment.change(id, { setup_command: " npm ci --ignore-scripts ", domains: ["a.example", "*.b.example:8443"] });
    await environment.change(id, { enabled: false, env: { A: "1", B: { value: "2", expose: "setup" } } });
    const changed = await environment.change(id, { env: { A: null, B: { expose: "agent" } } });
    expect(changed).toMatchObject({
      setup_command: "npm ci --ignore-scripts",
      enabled: false,
      domains: ["a.example", "*.b.example:8443"],
      env: [{ name: "B", value: "2", expose: "agent" }],
    });
    expect((await environment.change(id, { setup_command: "" })).setup_command).toBeNull();
    await expect(environment.describe("0000000000000000")).rejects.toThrow("no such project");
  });

  it("gives secrets out to sandboxes only, and looks for them in what is said", async () => {
    const described = await environment.change(id, {
      secrets: { TOKEN: "a-secret-token", KEY: { value: "another-secret", expose: "setup" } },
    });
    expect(JSON.stringify(described)).not.toMatch(/a-secret-token|another-secret/);
    expect(await vault.variablesFor(id, "agent")).toEqual({ TOKEN: "a-secret-token" });
    expect(await vault.variablesFor(id, "setup")).toEqual({ KEY: "another-secret" });
    const text = "a-secret-token another-secret the-server's-own-key plain";
    expect((await vault.redactionFor(id)).redactText(text)).toBe("[redacted] [redacted] [redacted] plain");
    await environment.change(id, { secrets: { TOKEN: { expose: "both" }, KEY: null } });
    expect(await vault.variablesFor(id, "setup")).toEqual({ TOKEN: "a-secret-token" });
    expect((await vault.redactionFor(id)).redactText(text)).toContain("another-secret");
  });

  it("takes over a dotenv text; what is too short for a secret stays plain and is named", async () => {
    const text = "# comment\nAPI_TOKEN='quoted secret'\nexport PORT=3000\nMULTI=\"line one\nline two\"\n";
    const taken = await environment.takeDotenv(id, { text });
    expect(taken.plain).toEqual(["PORT"]);
    expect(taken.secrets.map(({ name }) => name)).toEqual(["API_TOKEN", "MULTI"]);
    expect(await vault.variablesFor(id, "agent")).toEqual({ API_TOKEN: "quoted secret", MULTI: "line one\nline two", PORT: "3000" });
    await expect(environment.takeDotenv(id, { text: "nothing here" })).rejects.toThrow("no NAME=value line");
    await expect(environment.takeDotenv(id, { text: "AIDEATOR_TOKEN=x" })).rejects.toThrow("the server's own");
  });

  it.each([
    [{ domains: ["https://a.example/"] }, "is no host"],
    [{ env: { NEW: { expose: "agent" as const } } }, "there is none of this name"],
    [{ env: { X: "1" }, secrets: { X: "12345678" } }, "it can be one of them"],
    [{ secrets: Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`S${at}`, "x".repeat(8_000)])) }, "32768 characters"],
  ])("refuses %j", async (change, message) => {
    await expect(environment.change(id, change)).rejects.toThrow(message);
    expect(await environment.describe(id)).toMatchObject({ domains: [], env: [], secrets: [] });
  });

  it.each([
    [{ secrets: { S: "short" } }],
    [{ env: { "A-B": "1" } }],
    [{ env: { AIDEATOR_TASK: "1" } }],
    [{ env: { A: "\0" } }],
    [{ other: 1 }],
  ])("is not even asked for %j", (change) => expect(changeEnvironmentSchema.safeParse(change).success).toBe(false));
});
