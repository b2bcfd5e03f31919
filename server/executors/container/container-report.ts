import { formatBytes } from "@/lib/format";
import type { SandboxMeasure, SandboxReport } from "../executor";
import type { SandboxLimits } from "../local/attempt-files";
import type { ContainerTrouble } from "./container-trouble";
import type { Engine } from "./find-engine";
import type { TriedContainer } from "./try-container";

/** What is in force in containers of an engine that were tried out. */
export function containerReport(
  { kind, version, rootless, api }: Engine,
  tried: TriedContainer,
  { image, imageId, limits }: { image: string; imageId: string; limits: SandboxLimits },
): SandboxReport {
  const group = "the engine's control group";
  const looked = tried.visible ? "looked at four times a second" : "the engine cannot hold it and its processes cannot be seen from here";
  const held = (name: string, much: string, byEngine: boolean): SandboxMeasure => ({
    name,
    inForce: byEngine || tried.visible,
    how: `${much}, ${byEngine ? group : looked}`,
  });
  return {
    summary: `${kind} ${version} · ${image} · no network · own processes · read-only root`,
    isolated: true,
    measures: [
      { name: "engine", inForce: true, how: `${kind} ${version}${rootless ? " without root" : ""} at ${api.socketPath}` },
      { name: "image", inForce: true, how: `${image} (${imageId.replace(/^sha256:/, "").slice(0, 12)})` },
      { name: "files", inForce: true, how: "its own tree, home and temporary folder; the image read-only; nothing else" },
      { name: "network", inForce: true, how: "none but the model gateway" },
      { name: "processes of others", inForce: true, how: "a process namespace of its own" },
      { name: "user", inForce: true, how: rootless ? "the server's, in a user namespace" : "an unprivileged one" },
      { name: "privileges", inForce: true, how: "no capabilities, none to be regained" },
      {
        name: "system calls",
        inForce: tried.filtered,
        how: tried.filtered ? "the engine's default filter" : "the engine filters none: give it its default seccomp profile",
      },
      held("memory", formatBytes(limits.memoryBytes), tried.memory),
      held("processes", String(limits.processes), tried.processes),
      { name: "processor", inForce: tried.memory, how: tried.memory ? `a small share, ${group}` : "not bounded" },
      { name: "file size", inForce: true, how: formatBytes(limits.fileBytes) },
      { name: "disk", inForce: true, how: `${formatBytes(limits.diskBytes)} for tree, home and temporary files, measured` },
    ],
  };
}

/** While no agent can work in a container. Nothing runs outside of one instead. */
export function troubleReport({ found, remedy }: Pick<ContainerTrouble, "found" | "remedy">): SandboxReport {
  return { summary: "no containers", isolated: false, measures: [{ name: "engine", inForce: false, how: found }], remedy };
}
