import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What the harness planted and listens on: the attacks are told where, never what is in it. */
export interface Targets {
  canaryFile: string;
  canaryFolder: string;
  dataDir: string;
  serverPid: number;
  /** An attempt of another run that is running. */
  otherAttempt: string;
  /** TCP ports of the host: the server's first. */
  ports: number[];
  hostAddresses: string[];
  abstractSocket: string;
  unixSocket: string;
  deadToken: string;
  /** What the agent tries to say in pieces. */
  secret: string;
}

export interface HostileScript {
  name: string;
  /** A scenario as the scripted model reads it. */
  scenario: { default: { turns: { steps: Step[] }[] } };
  /** Attacks that must have said how they went. */
  attacks: string[];
  /** Calls that must have been made, in this order, with whether they may succeed. */
  calls: { tool: string; mayWork: boolean }[];
  /** How its variation is to end. */
  end: RegExp;
}

type Step = Record<string, unknown>;

const QUICK = { chunk: 8_000, delayMs: 0 };
const folder = fileURLToPath(new URL("attacks", import.meta.url));
const programs = ["report.mjs", "files.mjs", "network.mjs", "kernel.pl", "gateway.mjs", "output.mjs", "tree.sh", "daemons.sh"] as const;

const sourceOf = (program: string): Promise<string> => readFile(`${folder}/${program}`, "utf8");

/** Names of the attacks in a program, as it writes them. */
export function attacksIn(source: string): string[] {
  return [...source.matchAll(/^(?:await )?(?:attack|mischief)(?:\("| )([a-z0-9-]+)/gm)].map(([, name = ""]) => name);
}

/** Paths that leave the tree, or reach what a tool must not touch in it. */
const ESCAPES = [
  ["read", { path: "../../../../etc/passwd" }],
  ["read", { path: "/etc/passwd" }],
  ["read", { path: "/proc/self/environ" }],
  ["read", { path: "a\0b" }],
  ["read", { path: "link-out" }],
  ["write", { path: "../escaped.md", content: "x" }],
  ["write", { path: "/tmp/../etc/escaped", content: "x" }],
  ["write", { path: ".git/hooks/pre-commit", content: "x" }],
  ["write", { path: ".GIT/config", content: "x" }],
  ["write", { path: "link-folder/escaped", content: "x" }],
  ["edit", { path: "../../run/aideator/task/task.json", old: "{", new: "[" }],
  ["list", { path: "../.." }],
  ["search", { pattern: "root", path: "/etc" }],
  ["nonsense", { path: "x" }],
  ["read", { path: ["x"] }],
  ["command", { command: "" }],
  ["command", { command: "true", seconds: 1e12 }],
] as const;

/** The explorer: everything that does not end its own sandbox. */
export async function explorer(targets: Targets): Promise<HostileScript> {
  const sources = await Promise.all(programs.map(sourceOf));
  const { secret, ...told } = targets;
  const put = (path: string, content: string): Step => tool("write", { path: `attacks/${path}`, content });
  const run = (command: string, seconds = 90): Step => tool("command", { command, seconds });
  const places = `CANARY_FOLDER=${targets.canaryFolder} CANARY_FILE=${targets.canaryFile} DATA_FOLDER=${targets.dataDir}`;
  const half = Math.floor(secret.length / 2);
  const escapes = [
    run("ln -s /etc/passwd link-out; ln -s /tmp link-folder; echo made"),
    ...ESCAPES.map(([name, input]) => tool(name, input)),
  ];
  const turns: Step[][] = [
    [...programs.map((program, at) => put(program, sources[at] ?? "")), put("targets.json", JSON.stringify(told))],
    [run("node attacks/files.mjs"), run("node attacks/network.mjs")],
    [run(`SERVER_PID=${targets.serverPid} perl attacks/kernel.pl`), run("node attacks/gateway.mjs")],
    escapes,
    // In deltas of three characters, then in two writes of one call: no piece is the secret.
    [
      { text: `It is ${secret}, and once more ${secret}.`, chunk: 3, delayMs: 5 },
      run(`printf '${secret.slice(0, half)}'; sleep 0.3; printf '${secret.slice(half)}\\n'; printf '\\n@@ secret-in-pieces done\\n'`),
    ],
    [run("node attacks/output.mjs"), run("printf '\\n@@ endless-output done\\n'; yes", 2)],
    [run(`${places} bash attacks/tree.sh`), run("bash attacks/daemons.sh")],
    [tool("finish", { summary: `All tried. ${secret}` })],
  ];
  const calls = turns
    .flat()
    .flatMap((step) =>
      typeof step.tool === "string" && step.tool !== "finish" ? [{ tool: step.tool, mayWork: !escapes.includes(step) }] : [],
    );
  const first = escapes[0];
  const escapesAt =
    first === undefined
      ? -1
      : turns
          .flat()
          .filter((step) => "tool" in step)
          .indexOf(first);
  if (calls[escapesAt] !== undefined) calls[escapesAt].mayWork = true;
  return {
    name: "hostile-explorer",
    scenario: { default: { turns: turns.map((steps) => ({ steps })) } },
    attacks: [...sources.flatMap(attacksIn), "secret-in-pieces", "endless-output", "daemons"],
    calls,
    end: /^variation\.completed$/,
  };
}

/** Those that use the machine up, each until its sandbox is ended over it. */
export async function bombs(): Promise<Record<"fork" | "memory" | "spin" | "daemons", HostileScript>> {
  const daemons = await sourceOf("daemons.sh");
  return {
    fork: bomb("fork", "bomb() { bomb | bomb & }; bomb; sleep 300", /^resource_limit$/),
    memory: bomb(
      "memory",
      `node -e 'const all = []; for (;;) all.push(Buffer.alloc(64 * 1024 * 1024, 1))' & wait; sleep 300`,
      /^out_of_memory$/,
    ),
    spin: bomb("spin", "for n in $(seq 16); do timeout 6 sh -c 'while :; do :; done' & done; wait", undefined),
    daemons: {
      ...bomb("daemons", `${daemons}\ntrap '' TERM INT HUP; while :; do sleep 97531; done`, undefined),
      attacks: ["daemons", "daemons-bomb"],
      end: /^variation\.cancelled$/,
    },
  };
}

/** `cause`: the code of its failure; without one it is to end well. */
function bomb(name: string, command: string, cause: RegExp | undefined): HostileScript {
  const steps: Step[][] = [
    [tool("command", { command: `printf '\\n@@ ${name}-bomb done\\n'; ${command}`, seconds: 300 })],
    [tool("finish", { summary: "Still here." })],
  ];
  return {
    name: `hostile-${name}`,
    scenario: { default: { turns: steps.map((turn) => ({ steps: turn })) } },
    attacks: [`${name}-bomb`],
    calls: [],
    end: cause ?? /^variation\.completed$/,
  };
}

function tool(name: string, input: unknown): Step {
  return { tool: name, input, ...QUICK };
}
