import { readFileSync } from "node:fs";
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

  it("knows a cluster only where agents are to work in one", () => {
    const given = {
      AIDEATOR_AGENT_IMAGE: "registry/agent:1",
      AIDEATOR_GATEWAY_URL: "http://aideator-gateway:3100",
      AIDEATOR_K8S_WORKSPACE: "claim:50Gi:fast",
      AIDEATOR_K8S_NODE_SELECTOR: "pool=agents, disk=ssd",
      AIDEATOR_K8S_TOLERATIONS: "dedicated=agents:NoSchedule,spot",
      AIDEATOR_K8S_PULL_SECRETS: "registry",
      AIDEATOR_K8S_RUNTIME_CLASS: "gvisor",
      AIDEATOR_K8S_SERVICE_ACCOUNT: "agents",
    };
    expect(read(given).kubernetes).toBeUndefined();
    expect(read({ ...given, AIDEATOR_EXECUTOR: "kubernetes" }).kubernetes).toMatchObject({
      gatewayPort: 3100,
      settings: {
        namespace: "aideator",
        image: "registry/agent:1",
        gatewayUrl: "http://aideator-gateway:3100",
        runtimeClassName: "gvisor",
        serviceAccountName: "agents",
        workspace: { kind: "claim", size: "50Gi", storageClass: "fast" },
        nodeSelector: { pool: "agents", disk: "ssd" },
        tolerations: [
          { key: "dedicated", operator: "Equal", value: "agents", effect: "NoSchedule" },
          { key: "spot", operator: "Exists" },
        ],
        imagePullSecrets: [{ name: "registry" }],
        resources: { cpuRequest: "500m", memoryRequest: "1Gi", memoryLimit: "4Gi" },
      },
    });
  });

  it("speaks HTTPS with pods where it is given a certificate and its key", () => {
    const given = {
      AIDEATOR_EXECUTOR: "kubernetes",
      AIDEATOR_AGENT_IMAGE: "agent:1",
      AIDEATOR_GATEWAY_URL: "https://gateway:3100",
      AIDEATOR_GATEWAY_TLS_CERT: "/tls/tls.crt",
    };
    const whole = { ...given, AIDEATOR_GATEWAY_TLS_KEY: "/tls/tls.key", AIDEATOR_GATEWAY_TLS_CA: "/tls/ca.crt" };
    expect(read(whole).kubernetes).toMatchObject({
      gatewayTls: { cert: "/tls/tls.crt", key: "/tls/tls.key" },
      settings: { gatewayCa: "/tls/ca.crt" },
    });
    expect(() => read(given)).toThrow(/AIDEATOR_GATEWAY_TLS_KEY is missing/);
    expect(() => read({ ...whole, AIDEATOR_GATEWAY_URL: "http://gateway:3100" })).toThrow(/must begin with https/);
  });

  it("takes a list of fallback models, each once", () => {
    expect(read({ AIDEATOR_MODEL_FALLBACKS: " a, b,,a " }).modelFallbacks).toEqual(["a", "b"]);
  });

  it("looks for an engine of containers where it is told to, else where they usually listen", () => {
    const given = { AIDEATOR_EXECUTOR: "container", AIDEATOR_AGENT_IMAGE: "agent:1" };
    const sockets = (more: Record<string, string>) => read({ ...given, ...more }).container?.sockets;
    expect(sockets({ XDG_RUNTIME_DIR: "/run/user/7" })).toEqual([
      "/var/run/docker.sock",
      "/run/podman/podman.sock",
      "/run/user/7/podman/podman.sock",
    ]);
    expect(sockets({ DOCKER_HOST: "unix:///a/docker.sock" })).toEqual(["/a/docker.sock"]);
    expect(sockets({ DOCKER_HOST: "tcp://1.2.3.4:2375", AIDEATOR_CONTAINER_SOCKET: "unix:///b/podman.sock" })).toEqual(["/b/podman.sock"]);
    expect(read({ AIDEATOR_AGENT_IMAGE: "agent:1" }).container).toBeUndefined();
  });

  it("takes an empty value for an absent one", () => {
    expect(read({ ANTHROPIC_API_KEY: "", PORT: "" })).toMatchObject({ provider: undefined, port: 3000 });
  });

  it.each([
    [{ PORT: "eighty" }, "PORT"],
    [{ PORT: "70000" }, "PORT"],
    [{ DATABASE_URL: "postgresql://x" }, "DATABASE_URL"],
    [{ ANTHROPIC_BASE_URL: "ftp://x" }, "ANTHROPIC_BASE_URL"],
    [{ AIDEATOR_EXECUTOR: "docker" }, "AIDEATOR_EXECUTOR"],
    [{ AIDEATOR_EXECUTOR: "container" }, "AIDEATOR_AGENT_IMAGE"],
    [{ AIDEATOR_EXECUTOR: "container", AIDEATOR_AGENT_IMAGE: "agent:1", DOCKER_HOST: "tcp://1.2.3.4:2375" }, "DOCKER_HOST"],
    [{ AIDEATOR_CONTAINER_SOCKET: "docker.sock" }, "AIDEATOR_CONTAINER_SOCKET"],
    [{ AIDEATOR_EXECUTOR: "kubernetes" }, "AIDEATOR_AGENT_IMAGE"],
    [{ AIDEATOR_EXECUTOR: "kubernetes", AIDEATOR_AGENT_IMAGE: "agent:1" }, "AIDEATOR_GATEWAY_URL"],
    [{ AIDEATOR_GATEWAY_URL: "tcp://x" }, "AIDEATOR_GATEWAY_URL"],
    [{ AIDEATOR_GATEWAY_PORT: "99999" }, "AIDEATOR_GATEWAY_PORT"],
    [{ AIDEATOR_K8S_NAMESPACE: "Agents" }, "AIDEATOR_K8S_NAMESPACE"],
    [{ AIDEATOR_K8S_MEMORY: "four" }, "AIDEATOR_K8S_MEMORY"],
    [{ AIDEATOR_K8S_WORKSPACE: "pvc:1Gi" }, "AIDEATOR_K8S_WORKSPACE"],
    [{ AIDEATOR_K8S_WORKSPACE: "claim:1Gi:fast:more" }, "AIDEATOR_K8S_WORKSPACE"],
    [{ AIDEATOR_K8S_NODE_SELECTOR: "pool" }, "AIDEATOR_K8S_NODE_SELECTOR"],
    [{ AIDEATOR_K8S_TOLERATIONS: "a=b:Sometimes" }, "AIDEATOR_K8S_TOLERATIONS"],
    [{ AIDEATOR_K8S_PULL_SECRETS: "a b" }, "AIDEATOR_K8S_PULL_SECRETS"],
    [{ AIDEATOR_K8S_PULL_POLICY: "always" }, "AIDEATOR_K8S_PULL_POLICY"],
    [{ AIDEATOR_MAX_RUNNING: "0" }, "AIDEATOR_MAX_RUNNING"],
    [{ AIDEATOR_MAX_MODEL_CALLS: "none" }, "AIDEATOR_MAX_MODEL_CALLS"],
    [{ AIDEATOR_MODEL_FALLBACKS: "claude-haiku-5-5,demo" }, "AIDEATOR_MODEL_FALLBACKS"],
    [{ AIDEATOR_ACCESS_TOKEN: "short" }, "AIDEATOR_ACCESS_TOKEN"],
    [{ AIDEATOR_ACCESS_TOKEN: "0123456789abcdef", AIDEATOR_ACCESS_TOKEN_PREVIOUS: "short" }, "AIDEATOR_ACCESS_TOKEN_PREVIOUS"],
    [{ AIDEATOR_ACCESS_TOKEN_PREVIOUS: "0123456789abcdef" }, "Set AIDEATOR_ACCESS_TOKEN to the current one"],
    [{ AIDEATOR_ALLOW_UNSANDBOXED: "yes" }, "AIDEATOR_ALLOW_UNSANDBOXED"],
  ])("refuses %j and names %s", (env, name) => {
    expect(() => read(env as unknown as Record<string, string>)).toThrow(ConfigurationError);
    expect(() => read(env as unknown as Record<string, string>)).toThrow(name);
  });

  it.each(["0.0.0.0", "::", "192.168.1.5"])("refuses to listen on %s without authentication, and says what to do", (HOST) => {
    expect(() => read({ HOST })).toThrow(/AIDEATOR_ACCESS_TOKEN.*HOST=127\.0\.0\.1/);
    expect(read({ HOST, AIDEATOR_ACCESS_TOKEN: "0123456789abcdef" }).host).toBe(HOST);
  });

  it.each(["Dockerfile", "charts/aideator/templates/deployment.yaml"])(
    "every variable that %s sets is one of docs/configuration.md",
    (file) => {
      const names = new Set(readFileSync(file, "utf8").match(/\b(AIDEATOR|ANTHROPIC|GITHUB)_[A-Z0-9_]+\b/g));
      const documented = readFileSync("docs/configuration.md", "utf8");
      expect([...names].length).toBeGreaterThan(0);
      expect([...names].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
    },
  );
});
