import pino from "pino";
import { expect, it } from "vitest";
import { createShutdown } from "./shutdown";

function parts(stop: () => Promise<number>) {
  const said: string[] = [];
  const shutdown = createShutdown({
    stopRuns() {
      said.push("stop");
      return stop();
    },
    close() {
      said.push("close");
      return Promise.resolve();
    },
    log: pino({ level: "silent" }),
    exit: (code) => void said.push(`exit ${code}`),
  });
  return { said, shutdown, settled: () => new Promise((resolve) => setTimeout(resolve, 20)) };
}

it("leaves agents at work on SIGTERM, once", async () => {
  const { said, shutdown, settled } = parts(() => Promise.resolve(1));
  shutdown("SIGTERM");
  shutdown("SIGTERM");
  await settled();
  expect(said).toEqual(["close", "exit 0"]);
});

it("stops them first on SIGINT", async () => {
  const { said, shutdown, settled } = parts(() => Promise.resolve(1));
  shutdown("SIGINT");
  await settled();
  expect(said).toEqual(["stop", "close", "exit 0"]);
});

it("does not wait for them on a second SIGINT", async () => {
  const { said, shutdown, settled } = parts(() => new Promise(() => undefined));
  shutdown("SIGINT");
  shutdown("SIGINT");
  await settled();
  expect(said).toEqual(["stop", "close", "exit 0"]);
});

it("leaves when stopping fails", async () => {
  const { said, shutdown, settled } = parts(() => Promise.reject(new Error("disk full")));
  shutdown("SIGINT");
  await settled();
  expect(said).toEqual(["stop", "close", "exit 0"]);
});
