import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadYaml } from "@kubernetes/client-node";

/** Where the rules lie: Prometheus reads them as they are. */
export const RULES = fileURLToPath(new URL("../../charts/aideator/rules/aideator.yaml", import.meta.url));
const DASHBOARD = fileURLToPath(new URL("../../charts/aideator/dashboards/aideator.json", import.meta.url));

/** A query of the chart, in PromQL. */
export interface ChartQuery {
  /** The alert's or the panel's name. */
  where: string;
  expr: string;
  /** With `{{label}}` in it. */
  legend: string;
}

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
}

interface Dashboard {
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
}

/** All queries of alerts and dashboard. */
export async function chartQueries(): Promise<ChartQuery[]> {
  const { groups } = loadYaml<Rules>(await readFile(RULES, "utf8"));
  const { panels } = JSON.parse(await readFile(DASHBOARD, "utf8")) as Dashboard;
  const alerts = groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr, annotations }) => ({ where: alert, expr, legend: annotations.summary.replaceAll("$labels.", "") })),
  );
  const drawn = panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({ where: title, expr, legend: legendFormat })),
  );
  return [...alerts, ...drawn];
}

/** By name, the labels of its series with all their values; a metric of which nothing is counted yet has none. */
type Exposed = Map<string, Map<string, Set<string>>>;

/** Given by Prometheus and its operator, to whatever is scraped. */
const TARGET_LABELS = ["job", "namespace", "instance"];

/**
 * What these queries name and a server does not expose: metrics, labels, values of labels. `text`: its answer to `GET /metrics`. Labels of
 * a metric without series are not looked at.
 */
export function unknownNames(queries: readonly ChartQuery[], text: string): string[] {
  const exposed = readExposed(text);
  return queries.flatMap(({ where, expr, legend }) => {
    const named = [...expr.matchAll(/\b((?:aideator|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)];
    const wrong = named.flatMap(([, name = "", matchers = ""]) => unknownIn(exposed.get(name), name, matchers));
    const labels = new Set(named.flatMap(([, name = ""]) => [...(exposed.get(name)?.keys() ?? [])]));
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
    const shown = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = ""]) => label);
    const lost = shown.filter((label) => !grouped.includes(label)).map((label) => `{{${label}}} is not grouped by`);
    const unheard =
      labels.size === 0
        ? []
        : grouped.filter((label) => !labels.has(label) && !TARGET_LABELS.includes(label)).map((label) => `by (${label})`);
    return [...wrong, ...unheard, ...lost].map((what) => `${where}: ${what}`);
  });
}

function unknownIn(labels: Map<string, Set<string>> | undefined, name: string, matchers: string): string[] {
  if (labels === undefined) return [name];
  if (labels.size === 0) return [];
  return [...matchers.matchAll(/(\w+)(!?=~?)"([^"]*)"/g)].flatMap(([matcher, label = "", operator = "", value = ""]) => {
    if (TARGET_LABELS.includes(label)) return [];
    const values = labels.get(label);
    if (values === undefined) return [`${name}{${matcher}}`];
    // A pattern such as `5..` is no list of values.
    const wanted = operator.startsWith("!") ? [] : value.split("|").filter((one) => /^\w+$/.test(one));
    return wanted.filter((one) => !values.has(one)).map((one) => `${name}{${label}="${one}"}`);
  });
}

function readExposed(text: string): Exposed {
  const exposed: Exposed = new Map();
  const labelsOf = (name: string): Map<string, Set<string>> => exposed.get(name) ?? new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, declared, kind] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (declared !== undefined) {
      for (const end of kind === "histogram" ? ["_bucket", "_sum", "_count"] : [""]) exposed.set(declared + end, labelsOf(declared + end));
    }
    const [, name, pairs] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = labelsOf(name);
    exposed.set(name, labels);
    for (const [, label = "", value = ""] of (pairs ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  return exposed;
}
