import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { followStatus, type SandboxStatus } from "./status-channel";

// As bubblewrap 0.8 and 0.9 write it, and `contain.ts`.
const TEXT = '{ "child-pid": 12 }\n{\n    "exit-code": 0\n}\nnoise\n{"oomFile":"/o"}\n{"failed":{"detail":"a}b","remedy":"r"}}\n';

it("reads one object after the other, wherever the stream is cut, and passes over what is none", async () => {
  for (let cut = 0; cut <= TEXT.length; cut += 1) {
    const stream = new PassThrough();
    const told: SandboxStatus[] = [];
    followStatus(stream, (status) => told.push(status));
    stream.write(TEXT.slice(0, cut));
    stream.end(TEXT.slice(cut));
    await new Promise((resolve) => stream.once("end", resolve));
    expect(told.find((status) => status["child-pid"] !== undefined)?.["child-pid"]).toBe(12);
    expect(told.at(-1)).toEqual({ failed: { detail: "a}b", remedy: "r" } });
  }
});
