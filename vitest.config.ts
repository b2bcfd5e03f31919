import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["{agent,app,bench,cli,components,e2e,lib,server,scripts}/**/*.test.{ts,tsx}"],
    // Most tests wait for processes: on a small machine one worker would only wait.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real processes on shared machines: what passes at the second try is named at the end of `npm test`, never silently green.
    retry: 1,
    // Scenarios of the agent mostly wait: for processes, retries and limits.
    maxConcurrency: 8,
  },
});
