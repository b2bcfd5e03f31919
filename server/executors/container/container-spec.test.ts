import { expect, it } from "vitest";
import { DEFAULT_SANDBOX_LIMITS } from "../local/resource-limits";
import { countsByNamespace } from "./container-machine";
import { type ContainerKind, containerName, containerSpec } from "./container-spec";
import { onlyHeld } from "./host-process";

const kind: ContainerKind = {
  imageId: "sha256:1",
  limits: { ...DEFAULT_SANDBOX_LIMITS, memoryBytes: 1e9, processes: 100, fileBytes: 4096 },
  holds: true,
  countsApart: true,
  unlabelled: false,
  server: "s",
};
const program = {
  argv: ["node", "agent.mjs"],
  cwd: "/workspace",
  env: { AIDEATOR_TOKEN: "secret" },
  mounts: [
    { from: "/data/a:b/tree", to: "/workspace", writable: true },
    { from: "/data/gateway", to: "/run/aideator/gateway", writable: false },
  ],
  uid: 61_000,
};
const own = { name: "aideator-s-agent-run-0", attempt: "agent-run-0" };

it("gives a container its own files and nothing that reaches out or up", () => {
  const { HostConfig, User, Entrypoint, Cmd, ...rest } = containerSpec(kind, own, program);
  expect(User).toBe("61000:61000");
  expect(HostConfig).toMatchObject({
    NetworkMode: "none",
    IpcMode: "private",
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    Memory: 1e9,
    MemorySwap: 1e9,
    PidsLimit: 100,
  });
  expect(HostConfig.Mounts).toEqual([
    { Type: "bind", Source: "/data/a:b/tree", Target: "/workspace", ReadOnly: false },
    { Type: "bind", Source: "/data/gateway", Target: "/run/aideator/gateway", ReadOnly: true },
  ]);
  expect([...Entrypoint.slice(3), ...Cmd]).toEqual([own.name, "4", "", "node", "agent.mjs"]);
  for (const word of ["Privileged", "CapAdd", "Devices", "PidMode", "VolumesFrom"]) expect(HostConfig).not.toHaveProperty(word);
  expect(JSON.stringify([rest.Labels, Cmd, Entrypoint])).not.toContain("secret");
});

it("asks for no limits where the engine cannot set any, and for users as they are where it can", () => {
  const { Entrypoint, HostConfig } = containerSpec({ ...kind, holds: false, usernsMode: "keep-id", unlabelled: true }, own, program);
  expect(Entrypoint.slice(3)).toEqual([own.name, "4", "150"]);
  // A limit that all agents would share is none of each.
  expect(containerSpec({ ...kind, holds: false, countsApart: false }, own, program).Entrypoint.at(-1)).toBe("");
  expect(["4.18.0-553.el8", "5.4.0-200-generic", "5.14.0-1", "6.1.0-18-amd64"].map(countsByNamespace)).toEqual([false, false, true, true]);
  expect(HostConfig).not.toHaveProperty("Memory");
  expect(HostConfig).toMatchObject({ UsernsMode: "keep-id", SecurityOpt: ["no-new-privileges", "label=disable"] });
});

it("counts where the engine holds, and looks itself where it does not", () => {
  const init = { "child-pid": 7, oomFile: "/cg/memory.events", forksFile: "/cg/pids.events" };
  expect(onlyHeld(containerSpec(kind, own, program), init)).toEqual(init);
  expect(onlyHeld(containerSpec({ ...kind, holds: false }, own, program), init)).toEqual({ "child-pid": 7 });
});

it("names containers after server and attempt", () => {
  expect(containerName(kind, "agent-run-0")).toBe("aideator-s-agent-run-0");
  expect(containerName(kind, "agent-run-0", "ab")).toBe("aideator-s-agent-run-0-ab");
});
