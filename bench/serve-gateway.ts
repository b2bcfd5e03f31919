import { join } from "node:path";
import { readEnv } from "@/server/env";
import { openGateway } from "@/server/open-gateway";
import { createProjectService } from "@/server/projects/project-service";
import { tokenHash } from "@/server/runs/attempt-token";
import { createRunWriter } from "@/server/runs/run-writer";
import { openPriceSettings } from "@/server/settings/price-settings";
import { createPrismaCallStore } from "@/server/storage/prisma/call-store";
import { openDatabase } from "@/server/storage/prisma/database";
import { createPrismaProjectStore } from "@/server/storage/prisma/project-store";
import { createPrismaSettingsStore } from "@/server/storage/prisma/settings-store";
import { BENCH_MODEL, BENCH_TOKEN } from "./gateway-attempt";
import { migrations, openLog } from "./open-log";

/** The product's gateway on a database of its own, in front of the provider at `argv[2]`. Prints its socket; SIGTERM ends it. */
async function main(baseUrl: string): Promise<void> {
  const { log: eventLog, index, projectId, folder, close } = await openLog();
  const database = await openDatabase(join(folder, "log.db"), migrations);
  const calls = createPrismaCallStore(database);
  const projects = createProjectService({ projects: createPrismaProjectStore(database), calls, now: Date.now });
  const prices = await openPriceSettings(createPrismaSettingsStore(database));
  const writer = createRunWriter(eventLog, Date.now);
  const runId = "benchgateway00";
  const variations = [{ agent: "builtin", model: BENCH_MODEL, limits: { dollars: 10_000 } }];
  const created = { type: "run.created" as const, prompt: "p", projectId, repositoryUrl: "u", repositoryName: "n", variations };
  const events = [{ at: Date.now(), event: { ...created, maxDollars: 10_000 } }];
  await writer.create({ runId, projectId, createdAt: Date.now(), events });
  await projects.update(projectId, { monthly_dollars: 100_000 });
  await index.issueToken({ runId, variation: 0, attempt: 0, model: BENCH_MODEL, tokenHash: tokenHash(BENCH_TOKEN) });
  const onError = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  const env = readEnv({ NODE_ENV: "production", ANTHROPIC_BASE_URL: baseUrl, AIDEATOR_DATA_DIR: folder });
  const socketPath = join(folder, "gateway", "gateway.sock");
  const gateway = await openGateway({
    env,
    socketPath,
    index,
    eventLog,
    writer,
    calls,
    projects,
    prices,
    provider: () => env.provider,
    redact: (text) => text,
    onError,
  });
  process.stdout.write(`${gateway.socketPath}\n`);
  process.once("SIGTERM", () => {
    void gateway
      .close()
      .then(() => database.$disconnect())
      .then(close)
      .then(() => process.exit(0));
  });
}

await main(process.argv[2] ?? "");
