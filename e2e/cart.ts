import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiClient, ended } from "./api-client";
import { startServer, type TestServer } from "./server";

/** A repository with tests of its own, and a server on which scripted models (`e2e/scripts/cart`) change it. */
export interface Cart {
  server: TestServer;
  /** Starts a run with so many variations and waits until they are done. */
  finished(variations: number): Promise<{ run: string; projectId: string }>;
  dispose(): Promise<void>;
}

const FILES = {
  "README.md": "# Cart\n\nA cart that adds up.\n",
  "package.json": `${JSON.stringify(
    { name: "cart", version: "1.0.0", type: "module", scripts: { lint: "node scripts/lint.js", test: "node --test" } },
    undefined,
    2,
  )}\n`,
  "scripts/lint.js": `import { readdirSync, readFileSync } from "node:fs";

for (const name of readdirSync("src")) {
  const lines = readFileSync(\`src/\${name}\`, "utf8").split("\\n");
  lines.forEach((line, at) => {
    if (!/^var /.test(line)) return;
    console.log(\`src/\${name}:\${at + 1}: no var\`);
    process.exitCode = 1;
  });
}
`,
  "src/cart.js": `/** To whole cents. */
export function roundCents(amount) {
  return Math.round(amount * 100) / 100;
}

/** What all of it costs. */
export function total(items) {
  return roundCents(items.reduce((sum, { price, count }) => sum + price * count, 0));
}

export const currency = "EUR";
`,
  "test/cart.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { roundCents, total } from "../src/cart.js";

test("adds up prices", () => assert.equal(total([{ price: 2, count: 3 }, { price: 4, count: 1 }]), 10));
test("an empty cart costs nothing", () => assert.equal(total([]), 0));
test("rounds to the nearest cent", () => assert.equal(roundCents(1.239), 1.24));
`,
};

/** Makes the repository and starts the server. */
export async function openCart(env: Record<string, string> = {}): Promise<Cart> {
  const folder = mkdtempSync(join(tmpdir(), "aid-cart-"));
  const path = join(folder, "cart");
  const git = (...args: string[]): void => {
    const identity = ["-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com"];
    execFileSync("git", ["-C", path, ...identity, ...args]);
  };
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "A cart");
  const server = await startServer({
    AIDEATOR_LOCAL_REPOS: folder,
    AIDEATOR_SCRIPTS: fileURLToPath(new URL("scripts/cart", import.meta.url)),
    AIDEATOR_GIT_AUTHOR: "Ada Lovelace <ada@example.com>",
    AIDEATOR_MAX_RUNNING: "5",
    AIDEATOR_AUTO_CHECKS: "1",
    ...env,
  });
  const api = apiClient(server.url);
  return {
    server,
    async finished(variations) {
      const line_up = Array.from({ length: variations }, () => ({ model: "script:cart" }));
      const { run_id } = await api.startRun({ github_url: path, prompt: "Give the cart vouchers, with tests", line_up });
      const { project_id } = await api.until(run_id, ended);
      return { run: run_id, projectId: project_id };
    },
    async dispose() {
      await server.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
