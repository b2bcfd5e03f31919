import { randomBytes } from "node:crypto";
import { parseAgentLine } from "@/lib/protocol/agent-lines";
import type { AttachItem, ExecutorRef } from "../executor";
import type { PodConfig } from "./pod-config";

/** What asking needs of the executor. */
export interface ProgramPorts {
  issueToken(name: string): string;
  launch(name: string, config: PodConfig): Promise<ExecutorRef>;
  attach(ref: ExecutorRef): AsyncIterable<AttachItem>;
  cleanup(name: string): Promise<void>;
}

/** What the agents' image holds. */
export interface ImagePrograms {
  find(names: readonly string[]): Promise<Set<string>>;
  /** True while a Job of this name asks. */
  isAsking(name: string): boolean;
}

const MINUTES = 2;

/** Asks the image once per list, with a short Job; an answer that did not come is asked for again. */
export function createImagePrograms(ports: ProgramPorts): ImagePrograms {
  const answers = new Map<string, Promise<Set<string>>>();
  const asking = new Set<string>();

  async function ask(names: readonly string[]): Promise<Set<string>> {
    const name = `agent-programs-${randomBytes(6).toString("hex")}`;
    const quoted = names.map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(" ");
    const command = `for name in ${quoted}; do if command -v -- "$name" > /dev/null; then echo "$name"; fi; done`;
    const work: PodConfig["work"] = { kind: "setup", command, minutes: MINUTES, egress: false, shown: [] };
    asking.add(name);
    try {
      const ref = await ports.launch(name, { work, environment: { variables: {}, path: [] }, token: ports.issueToken(name) });
      const found = new Set<string>();
      for await (const item of ports.attach(ref)) {
        if (item.type === "exit") {
          if (item.exit.kind === "exited" && item.exit.code === 0) return found;
          const why = item.exit.kind === "failed" ? `${item.exit.failure.message} ${item.exit.failure.remedy}` : "it was ended";
          throw new Error(`The agents' image could not be asked for its programs: ${why}`);
        }
        const line = parseAgentLine(item.line.text);
        if (line.type === "log.line" && names.includes(line.text)) found.add(line.text);
      }
      throw new Error("The agents' image could not be asked for its programs: its pod's output ended without an end.");
    } finally {
      await ports.cleanup(name);
      asking.delete(name);
    }
  }

  return {
    find(names) {
      const key = names.join("\0");
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = ask(names);
      answer.catch(() => answers.delete(key));
      answers.set(key, answer);
      return answer;
    },
    isAsking: (name) => asking.has(name),
  };
}
