import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import type { AttemptSpec, CollectedTree, Executor } from "./executor";
import { drain } from "./executor.contract";
import { createKubernetesHarness } from "./kubernetes/kubernetes-harness";
import { createLocalHarness } from "./local/local-harness";
import { withoutSandbox } from "./local/sandbox";

interface Harness {
  executor: Executor;
  mirror: string;
  base: string;
  spec(prompt: string): AttemptSpec;
  dispose(): Promise<void>;
}

const bare = { probe: () => Promise.resolve(withoutSandbox("Install bubblewrap.")) };
const harnesses: [string, () => Promise<Harness>][] = [
  ["in a local sandbox", () => createLocalHarness()],
  ["without a sandbox", () => createLocalHarness(bare)],
  ["in a pod", () => createKubernetesHarness()],
];

const FIRST = `js export default async () => {
  const fs = await import("node:fs");
  fs.appendFileSync("a file.txt", "first\\n"); fs.rmSync("ümläut", { recursive: true });
  fs.mkdirSync("new"); fs.writeFileSync("new/tool.sh", "#!/bin/sh\\n", { mode: 0o755 }); fs.writeFileSync("kept.log", "log");
}`;
const SECOND = `js export default async ({ print }) => {
  const fs = await import("node:fs"); const { execFileSync } = await import("node:child_process");
  print(JSON.stringify({ files: fs.readdirSync(".", { recursive: true }).filter((name) => !name.startsWith(".git")).sort(), text: fs.readFileSync("a file.txt", "utf8"),
    mode: fs.statSync("new/tool.sh").mode & 0o111, status: execFileSync("git", ["-c", "core.quotePath=false", "status", "--porcelain"], { encoding: "utf8" }).split("\\n") }));
  fs.writeFileSync(".gitignore", "*.log\\n"); fs.appendFileSync("a file.txt", "second\\n");
}`;

it.each(harnesses)("a follow-up finds its files as they were in its last snapshot, uncommitted, %s", async (_, create) => {
  const harness = await create();
  try {
    const first = harness.spec(FIRST);
    const [, taken] = await run(harness, first);
    // As the run's repository has it: the mirror itself never does.
    const store = `${harness.mirror}/../store.git`;
    execFileSync("git", ["clone", "-q", "--bare", "--shared", harness.mirror, store]);
    execFileSync("git", ["--git-dir", store, "index-pack", "--stdin", "--fix-thin", "--strict"], {
      input: readFileSync(taken.packFile ?? ""),
    });
    const pack = (): Readable => {
      const args = ["--git-dir", store, "pack-objects", "--revs", "--thin", "--stdout", "-q"];
      return Readable.from([execFileSync("git", args, { input: `${taken.commit}\n^${harness.base}\n` })]);
    };
    const second: AttemptSpec = { ...harness.spec(SECOND), start: { commit: taken.commit, pack } };
    const [seen, after] = await run(harness, second);
    expect(JSON.parse(seen)).toEqual({
      files: ["a file.txt", "kept.log", "new", "new/tool.sh"],
      text: "one\nfirst\n",
      mode: 0o111,
      status: [' M "a file.txt"', " D ümläut/日本.txt", "?? kept.log", "?? new/", ""],
    });
    execFileSync("git", ["--git-dir", store, "index-pack", "--stdin", "--fix-thin", "--strict"], {
      input: readFileSync(after.packFile ?? ""),
    });
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "core.quotePath=false", "--git-dir", store, ...args], { encoding: "utf8" }).trim();
    expect(git("rev-parse", `${after.commit}^`)).toBe(harness.base);
    // What was in a snapshot stays in the next one, also where it is ignored by now.
    expect(git("diff", "--name-status", taken.commit, after.commit)).toBe("A\t.gitignore\nM\ta file.txt");
    expect(git("cat-file", "blob", `${after.commit}:a file.txt`)).toBe("one\nfirst\nsecond");
  } finally {
    await harness.dispose();
  }
});

async function run({ executor }: Harness, spec: AttemptSpec): Promise<[string, CollectedTree]> {
  await executor.prepare(spec);
  const items = await drain(executor, await executor.start(spec), 1);
  const exit = items.at(-1);
  if (exit?.type !== "exit" || exit.exit.kind !== "exited" || exit.exit.code !== 0) throw new Error(JSON.stringify(items));
  const lines = items.flatMap((item) => (item.type === "line" ? [item.line.text] : []));
  return [lines.join("\n"), await executor.collect(spec, { final: true })];
}
