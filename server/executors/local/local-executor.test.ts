import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drain, executorContract } from "../executor.contract";
import { hostExecutorContract } from "./host-executor.contract";
import { createLocalHarness } from "./local-harness";
import { withoutSandbox } from "./sandbox";

executorContract("local", () => createLocalHarness());
executorContract("local without a sandbox", () =>
  createLocalHarness({ probe: () => Promise.resolve(withoutSandbox("Install bubblewrap.")) }),
);

hostExecutorContract("bubblewrap", () => createLocalHarness(), [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]);

describe("without a sandbox", () => {
  it("works on a tree of its own, takes it, and runs nothing that the tree brings along", async () => {
    const harness = await createLocalHarness({ probe: () => Promise.resolve(withoutSandbox("Install bubblewrap.")) });
    try {
      const spec = harness.spec(`js export default async ({ task, print }) => {
        const fs = await import("node:fs"); print(task.workspace); print(process.cwd());
        fs.writeFileSync("new.txt", "new");
        fs.writeFileSync(".gitattributes", "*.txt filter=evil diff=evil\\n");
        fs.appendFileSync(".git/config", '[filter "evil"]\\n\\tclean = touch evil-ran; cat\\n[core]\\n\\tfsmonitor = touch fsmonitor-ran\\n');
        fs.mkdirSync("inner"); fs.mkdirSync("inner/.git"); fs.writeFileSync("inner/.git/config", "[core]\\n\\tfsmonitor = touch inner-ran\\n"); fs.writeFileSync("inner/x.txt", "x");
      }`);
      await harness.executor.prepare(spec);
      const items = await drain(harness.executor, await harness.executor.start(spec), 1);
      const tree = join(harness.dataDir, "attempts", spec.name, "tree");
      expect(items.slice(0, 2)).toMatchObject([{ line: { text: tree } }, { line: { text: tree } }]);
      const taken = await harness.executor.collect(spec, { final: true });
      expect(taken.commit).not.toBe(harness.base);
      const ran = execFileSync("find", [harness.dataDir, "-name", "*-ran"], { encoding: "utf8" });
      expect(ran).toBe("");
    } finally {
      await harness.dispose();
    }
  });
});

it.each([
  ["in a sandbox", {}],
  ["without one", { probe: () => Promise.resolve(withoutSandbox("Install bubblewrap.")) }],
])("puts the prompt's pictures beside the task, %s", async (_, options) => {
  const harness = await createLocalHarness(options);
  try {
    const hostPath = join(harness.dataDir, "picture");
    writeFileSync(hostPath, "bytes of a picture", { mode: 0o600 });
    const prompt = `js export default async ({ task, print }) => {
      const fs = await import("node:fs"); const [image] = task.images;
      print(image.mediaType + " " + fs.readFileSync(image.path, "utf8"));
    }`;
    const spec = { ...harness.spec(prompt), images: [{ hostPath, mediaType: "image/png" as const }] };
    await harness.executor.prepare(spec);
    const items = await drain(harness.executor, await harness.executor.start(spec), 1);
    expect(items[0]).toMatchObject({ line: { text: "image/png bytes of a picture" } });
  } finally {
    await harness.dispose();
  }
});
