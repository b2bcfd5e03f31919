import { expect, it } from "vitest";
import { readEnv } from "../env";
import { registrySettings } from "./registry-settings";

it("passes on registries without credentials, their hosts, and files with certificates; nothing else", () => {
  const settings = registrySettings({
    npm_config_registry: "https://me:secret@npm.corp.example:8443/group/",
    PIP_INDEX_URL: "https://token@pypi.corp.example/simple",
    PIP_EXTRA_INDEX_URL: "http://a.example/simple https://u:p@b.example:444/simple",
    GOPROXY: "https://go.corp.example,https://u:p@proxy.example|direct",
    CARGO_REGISTRIES_CRATES_IO_INDEX: "sparse+https://u:p@crates.corp.example/index/",
    NODE_EXTRA_CA_CERTS: "/etc/corp.pem",
    SSL_CERT_FILE: "relative.pem",
    npm_config__authToken: "secret-token",
    ANTHROPIC_API_KEY: "secret-key",
  });
  expect(JSON.stringify(settings)).not.toMatch(/secret|token|u:p/);
  expect(settings).toEqual({
    variables: {
      npm_config_registry: "https://npm.corp.example:8443/group/",
      PIP_INDEX_URL: "https://pypi.corp.example/simple",
      PIP_EXTRA_INDEX_URL: "http://a.example/simple https://b.example:444/simple",
      GOPROXY: "https://go.corp.example/,https://proxy.example/|direct",
      CARGO_REGISTRIES_CRATES_IO_INDEX: "sparse+https://crates.corp.example/index/",
    },
    hosts: [
      "npm.corp.example:8443",
      "pypi.corp.example",
      "a.example",
      "b.example:444",
      "go.corp.example",
      "proxy.example",
      "crates.corp.example",
    ],
    certificates: [{ name: "NODE_EXTRA_CA_CERTS", path: "/etc/corp.pem" }],
  });
});

it("is part of the configuration, which refuses hosts that are none and secrets that are short", () => {
  const source = (values: Record<string, string>) => values as unknown as NodeJS.ProcessEnv;
  const env = readEnv(source({ AIDEATOR_EGRESS_HOSTS: "a.example:8443, *.b.example", AIDEATOR_KEEP_ENVIRONMENTS_GB: "0.5" }));
  expect(env.egressHosts).toEqual(["a.example:8443", "*.b.example"]);
  expect(env.keptEnvironmentBytes).toBe(512 * 1024 ** 2);
  expect(() => readEnv(source({ AIDEATOR_EGRESS_HOSTS: "http://a.example" }))).toThrow("AIDEATOR_EGRESS_HOSTS must be hosts");
  expect(() => readEnv(source({ AIDEATOR_SECRET: "short" }))).toThrow("AIDEATOR_SECRET must have at least 32 characters");
});
