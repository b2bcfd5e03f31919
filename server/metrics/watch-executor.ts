import type { Counter } from "prom-client";
import type { AttachItem, AttemptExit, Executor, ExecutorRef } from "../executors/executor";

type Errors = Counter<"executor" | "operation" | "code">;

/**
 * The same executor, with what it could not do counted: calls that reject, and attempts that it ended or lost. An attempt that is gone
 * because it was asked to stop is none of them.
 */
export function watchExecutor<T extends Executor>(executor: T, errors: Errors): T {
  const count = (operation: string, code: string): void => errors.inc({ executor: executor.kind, operation, code });

  const asked = new Set<string>();

  function countEnd(name: string, exit: AttemptExit): void {
    if (exit.kind === "exited") return;
    const code = exit.kind === "signalled" ? "agent_killed" : exit.failure.code;
    if (code !== "agent_killed" || !asked.has(name)) count("attach", code);
  }

  /** The method of this name, where the executor has it. */
  function counted<
    K extends
      | "image"
      | "report"
      | "prepare"
      | "start"
      | "adopt"
      | "alive"
      | "stop"
      | "collect"
      | "keep"
      | "reports"
      | "programs"
      | "cleanup",
  >(operation: K, before?: (given: unknown) => void): Pick<Executor, K> | object {
    const method = executor[operation] as ((...given: unknown[]) => Promise<unknown>) | undefined;
    if (method === undefined) return {};
    return {
      async [operation](...given: unknown[]) {
        before?.(given[0]);
        try {
          return await method.apply(executor, given);
        } catch (error) {
          count(operation, codeOf(error));
          throw error;
        }
      },
    };
  }

  return {
    ...executor,
    ...counted("image"),
    ...counted("report"),
    ...counted("prepare"),
    ...counted("start"),
    ...counted("adopt"),
    ...counted("alive"),
    ...counted("stop", (ref) => asked.add((ref as ExecutorRef).name)),
    ...counted("collect"),
    ...counted("keep"),
    ...counted("reports"),
    ...counted("programs"),
    ...counted("cleanup", (name) => asked.delete(name as string)),
    async *attach(...given: Parameters<Executor["attach"]>): AsyncGenerator<AttachItem> {
      try {
        for await (const item of executor.attach(...given)) {
          if (item.type === "exit") countEnd(given[0].name, item.exit);
          yield item;
        }
      } catch (error) {
        count("attach", codeOf(error));
        throw error;
      }
    },
  };
}

/** Few and stable: an HTTP status of the cluster's API server, a code of Node.js, or `internal`. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("status" in at && typeof at.status === "number") return at.status === 0 ? "unreachable" : `http_${at.status}`;
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "internal";
}
