import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bundleManifestSchema } from "@/lib/protocol/bundle";
import type { RunEvent, RunEventBody } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { createRunBundles } from "./run-bundle";

const fixture = readFileSync(new URL("../../lib/run/__fixtures__/demo-three.jsonl", import.meta.url), "utf8");
const events = fixture
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as RunEvent);
let run = reduceRun(emptyRun(events[0]?.runId ?? ""), events);
const patch = Buffer.from([0x61, 0xff, 0x0a, 0x00, 0x0a]);
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aideator-bundle-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bundles = (failing = false) =>
  createRunBundles({
    writer: { state: async (runId) => (runId === run.runId ? run : undefined) },
    eventLog: { read: async (_, after, limit) => events.filter(({ seq }) => seq > after).slice(0, Math.min(limit, 50)) },
    landings: {
      patch: async () => {
        if (failing) throw new Error("no patch");
        return { name: "x", contentType: "x", body: Readable.from([patch]) };
      },
    },
    temporaryDir: join(root, "tmp"),
    version: "1.2.3",
  });

it("holds manifest, whole log and patches, as tar reads them, and leaves nothing behind", async () => {
  const { body, name } = await bundles().open(run.runId);
  writeFileSync(join(root, name), await buffer(body));
  execFileSync("tar", ["-xzf", name], { cwd: root });
  const folder = join(root, `aideator-${run.runId}`);
  const manifest = bundleManifestSchema.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
  const log = readFileSync(join(folder, "events.jsonl"), "utf8");
  expect(
    log
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(events);
  const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
  expect(manifest.events).toEqual({ file: "events.jsonl", count: events.length, sha256: sha256(log) });
  expect(manifest).toMatchObject({ base: { commit: run.base?.commit }, prompt_sha256: sha256(run.prompt), aideator_version: "1.2.3" });
  expect(manifest.variations.map((one) => [one.agent_version, one.answered_by])).toEqual(
    run.variations.map((one) => ["1.2.3", [one.spec.model]]),
  );
  for (const { patch: described } of manifest.variations) {
    expect(described?.sha256).toBe(sha256(readFileSync(join(folder, described?.file ?? ""))));
  }
  expect(readFileSync(join(folder, "patches/a.patch"))).toEqual(patch);
  await expect.poll(() => readdirSync(join(root, "tmp"))).toEqual([]);
});

it("holds compositions: their recipes in the log, their trees as patches", async () => {
  const tree = { files: 1, added: 2, deleted: 0, variations: [0], lines: [2], hand: 0 };
  const bodies = [1, 2].flatMap((number): RunEventBody[] => [
    { type: "composition.created", number, id: `c${number}`, name: "Best", from: 0, sources: ["s", null], by: "you" },
    { type: "composition.snapshot_taken", number, commit: `commit${number}`, tree: `tree${number}`, ...tree },
  ]);
  const added = [...bodies, { type: "composition.deleted", number: 1, by: "you" } as const];
  const before = run;
  run = reduceRun(
    run,
    added.map((event, at): RunEvent => ({ runId: run.runId, seq: run.lastSeq + 1 + at, at: 1, event })),
  );
  try {
    events.push(...added.map((event, at): RunEvent => ({ runId: run.runId, seq: before.lastSeq + 1 + at, at: 1, event })));
    const { body, name } = await bundles().open(run.runId);
    writeFileSync(join(root, name), await buffer(body));
    execFileSync("tar", ["-xzf", name], { cwd: root });
    const folder = join(root, `aideator-${run.runId}`);
    const manifest = bundleManifestSchema.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
    expect(manifest.compositions).toMatchObject([
      { number: 2, name: "Best", sources: ["s", null], commit: "commit2", tree: "tree2", patch: { file: "patches/composition-2.patch" } },
    ]);
    expect(readdirSync(join(folder, "patches"))).not.toContain("composition-1.patch");
    expect(readFileSync(join(folder, "patches/composition-2.patch"))).toEqual(patch);
  } finally {
    run = before;
    events.length = before.lastSeq;
  }
});

it("is the same bytes each time", async () => {
  const [first, second] = await Promise.all([1, 2].map(async () => buffer((await bundles().open(run.runId)).body)));
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
});

it("cleans up when it fails and when the reader hangs up", async () => {
  mkdirSync(join(root, "tmp"), { recursive: true });
  await expect(bundles(true).open(run.runId)).rejects.toThrow("no patch");
  expect(readdirSync(join(root, "tmp"))).toEqual([]);
  const { body } = await bundles().open(run.runId);
  body.destroy();
  await expect.poll(() => readdirSync(join(root, "tmp"))).toEqual([]);
  await expect(bundles().open("nosuchrun000")).rejects.toMatchObject({ code: "not_found" });
});
