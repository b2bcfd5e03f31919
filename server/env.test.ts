import { describe, expect, it } from "vitest";
import { ConfigurationError, readEnv } from "./env";

const read = (env: Record<string, string>) => readEnv(env as NodeJS.ProcessEnv);

describe("readEnv", () => {
  it("needs nothing: loopback, SQLite below the data folder, the demo model", () => {
    const env = read({});
    expect(env).toMatchObject({ host: "127.0.0.1", port: 3000, provider: undefined, allowUnsandboxed: false });
    expect(env.databaseFile).toBe(`${env.dataDir}/aideator.db`);
    expect(env.maxRunning).toBeGreaterThanOrEqual(3);
  });

  it("takes a list of fallback models, each once", () => {
    expect(read({ AIDEATOR_MODEL_FALLBACKS: " a, b,,a " }).modelFallbacks).toEqual(["a", "b"]);
  });

  it("takes an empty value for an absent one", () => {
    expect(read({ ANTHROPIC_API_KEY: "", PORT: "" })).toMatchObject({ provider: undefined, port: 3000 });
  });

  it.each([
    [{ PORT: "eighty" }, "PORT"],
    [{ PORT: "70000" }, "PORT"],
    [{ DATABASE_URL: "postgresql://x" }, "DATABASE_URL"],
    [{ ANTHROPIC_BASE_URL: "ftp://x" }, "ANTHROPIC_BASE_URL"],
    [{ AIDEATOR_EXECUTOR: "kubernetes" }, "AIDEATOR_EXECUTOR"],
    [{ AIDEATOR_MAX_RUNNING: "0" }, "AIDEATOR_MAX_RUNNING"],
    [{ AIDEATOR_MAX_MODEL_CALLS: "none" }, "AIDEATOR_MAX_MODEL_CALLS"],
    [{ AIDEATOR_MODEL_FALLBACKS: "claude-haiku-5-5,demo" }, "AIDEATOR_MODEL_FALLBACKS"],
    [{ AIDEATOR_ACCESS_TOKEN: "short" }, "AIDEATOR_ACCESS_TOKEN"],
    [{ AIDEATOR_ALLOW_UNSANDBOXED: "yes" }, "AIDEATOR_ALLOW_UNSANDBOXED"],
  ])("refuses %j and names %s", (env, name) => {
    expect(() => read(env as unknown as Record<string, string>)).toThrow(ConfigurationError);
    expect(() => read(env as unknown as Record<string, string>)).toThrow(name);
  });

  it.each(["0.0.0.0", "::", "192.168.1.5"])("refuses to listen on %s without authentication, and says what to do", (HOST) => {
    expect(() => read({ HOST })).toThrow(/AIDEATOR_ACCESS_TOKEN.*HOST=127\.0\.0\.1/);
    expect(read({ HOST, AIDEATOR_ACCESS_TOKEN: "0123456789abcdef" }).host).toBe(HOST);
  });
});
