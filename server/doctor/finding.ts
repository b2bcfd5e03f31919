import type { SandboxReport } from "../executors/executor";

/** One thing that was looked at. `wrong` keeps the server from its work; `poor` works, but a person should know. */
export interface Finding {
  area: "Configuration" | "Machine" | "Sandbox" | "Cluster" | "Data" | "Model";
  name: string;
  state: "ok" | "poor" | "wrong";
  /** What was found, a few words: `2.39.5`. */
  found: string;
  /** What to do about it. */
  remedy?: string;
}

/** Each measure of a sandbox, whether it holds or not. */
export function measureFindings({ measures }: Pick<SandboxReport, "measures">): Finding[] {
  return measures.map(({ name, inForce, how }) => ({ area: "Sandbox", name, state: inForce ? "ok" : "poor", found: how }));
}
