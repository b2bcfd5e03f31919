import { type ContainerSettings, openContainerMachine } from "../executors/container/container-machine";
import { ContainerTrouble } from "../executors/container/container-trouble";
import { type Finding, measureFindings } from "./finding";

/** Whether agents could work in containers: a container like theirs is tried out, for which the image may have to be pulled, and removed. */
export async function examineContainers(dataDir: string, settings: ContainerSettings): Promise<Finding[]> {
  try {
    const { report } = await openContainerMachine(settings, { dataDir, contain: [] });
    return [{ area: "Sandbox", name: "Isolation", state: "ok", found: report.summary }, ...measureFindings(report)];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const trouble = error instanceof ContainerTrouble ? error : { found, remedy: "Look at the engine's own log." };
    return [{ area: "Sandbox", name: "Isolation", state: "wrong", found: trouble.found, remedy: trouble.remedy }];
  }
}
