import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type KubernetesObject, loadYaml } from "@kubernetes/client-node";

const CHART = fileURLToPath(new URL("../../charts/aideator", import.meta.url));
const HOOK = "helm.sh/hook";

/** What the chart makes of some values. */
export interface RenderedChart {
  /** In the order in which they can be made; each names its namespace where it has one. */
  objects: KubernetesObject[];
  /** The pods of `helm test`. */
  tests: KubernetesObject[];
}

const helm = (): string => process.env.AIDEATOR_HELM || "helm";

/** Why the chart cannot be rendered here; undefined when it can. */
export async function helmMissing(): Promise<string | undefined> {
  const answers = promisify(execFile)(helm(), ["version", "--short"], { timeout: 30_000 });
  return answers.then(
    () => undefined,
    () => `${helm()} cannot be run: install Helm 3, or name it in AIDEATOR_HELM`,
  );
}

/** By `helm template`, with values in the shape of `values.yaml`. */
export async function renderChart(release: string, namespace: string, values: object): Promise<RenderedChart> {
  const folder = await mkdtemp(join(tmpdir(), "aid-chart-"));
  try {
    const file = join(folder, "values.yaml");
    // JSON is YAML.
    await writeFile(file, JSON.stringify(values), { mode: 0o600 });
    const words = ["template", release, CHART, "--namespace", namespace, "--values", file];
    const { stdout } = await promisify(execFile)(helm(), words, { timeout: 60_000, maxBuffer: 16_000_000 });
    // A template of which nothing is left is a document of comments.
    const documents = stdout.split(/^---.*$/m).filter((text) => /^kind:/m.test(text));
    const all = documents.map((text) => loadYaml<KubernetesObject>(text));
    for (const one of all) if (one.kind !== "Namespace") one.metadata = { namespace, ...one.metadata };
    const isTest = (one: KubernetesObject): boolean => (one.metadata?.annotations?.[HOOK] ?? "").includes("test");
    const objects = all.filter((one) => one.metadata?.annotations?.[HOOK] === undefined);
    const rank = ({ kind }: KubernetesObject): number => (kind === "Namespace" ? 0 : kind === "Deployment" ? 2 : 1);
    return { objects: objects.sort((a, b) => rank(a) - rank(b)), tests: all.filter(isTest) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
