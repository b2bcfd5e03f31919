import type { Counter } from "prom-client";
import type { AttachItem, Executor } from "../executors/executor";

type Errors = Counter<"executor" | "operation" | "code">;

/** The same executor, with what it could not do counted: calls that reject, and attempts that it ended or lost. */
export function watchExecutor<T extends Executor>(executor: T, errors: Errors): T {
  const count = (operation: string, code: string): void => errors.inc({ executor: executor.kind, operation, code });

  /** The method of this name, where the executor has it. */
  function counted<
    K extends "report" | "prepare" | "start" | "adopt" | "alive" | "stop" | "collect" | "keep" | "reports" | "programs" | "cleanup",
  >(operation: K): Pick<Executor, K> | object {
    const method = executor[operation] as ((...given: unknown[]) => Promise<unknown>) | undefined;
    if (method === undefined) return {};
    return {
      async [operation](...given: unknown[]) {
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
    ...counted("report"),
    ...counted("prepare"),
    ...counted("start"),
    ...counted("adopt"),
    ...counted("alive"),
    ...counted("stop"),
    ...counted("collect"),
    ...counted("keep"),
    ...counted("reports"),
    ...counted("programs"),
    ...counted("cleanup"),
    async *attach(...given: Parameters<Executor["attach"]>): AsyncGenerator<AttachItem> {
      try {
        for await (const item of executor.attach(...given)) {
          if (item.type === "exit" && item.exit.kind === "failed") count("attach", item.exit.failure.code);
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
