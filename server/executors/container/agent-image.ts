import { z } from "zod";
import { ContainerTrouble } from "./container-trouble";
import { type EngineApi, EngineError } from "./engine-api";

/** Of a large image over a slow line. */
const PULL_TIMEOUT_MS = 30 * 60_000;
const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const imageSchema = z.object({ Id: z.string(), Config: z.object({ Env: z.array(z.string()).nullish() }).nullish() });
/** One line of a pull's progress. Podman says an error there, with status 200. */
const progressSchema = z.object({ error: z.string().optional() });

export interface AgentImage {
  id: string;
  /** The search path of its programs. */
  path: string;
}

/** The image as the engine has it; one that it lacks is pulled. Rejects with `ContainerTrouble`. */
export async function agentImage(api: EngineApi, image: string): Promise<AgentImage> {
  const there = await inspectImage(api, image);
  if (there !== undefined) return there;
  const refused = await pull(api, image);
  const pulled = await inspectImage(api, image);
  if (pulled !== undefined) return pulled;
  throw new ContainerTrouble(
    `The image ${image} is not there and could not be pulled${refused === undefined ? "" : ` (${refused})`}.`,
    "Set AIDEATOR_AGENT_IMAGE to an image that the engine has or may pull, or build one: docker build -f agent/Dockerfile -t NAME . (podman build takes the same).",
  );
}

/** Undefined: the engine has none of this name. */
export async function inspectImage(api: EngineApi, image: string): Promise<AgentImage | undefined> {
  try {
    const { Id, Config } = imageSchema.parse(await api.call("GET", `/images/${image.split("/").map(encodeURIComponent).join("/")}/json`));
    const path = (Config?.Env ?? []).find((one) => one.startsWith("PATH="))?.slice("PATH=".length);
    return { id: Id, path: path ?? USUAL_PATH };
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}

/** Resolves to why it was refused; undefined when it was not. */
async function pull(api: EngineApi, image: string): Promise<string | undefined> {
  // Without a tag Docker would pull all of them.
  const fromImage = /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
  try {
    let rest = "";
    let refused: string | undefined;
    const take = (line: string): void => {
      if (line.trim() !== "") refused = progressSchema.safeParse(parse(line)).data?.error ?? refused;
    };
    for await (const chunk of await api.stream("POST", "/images/create", { query: { fromImage }, timeoutMs: PULL_TIMEOUT_MS })) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    }
    take(rest);
    return refused;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return {};
  }
}
