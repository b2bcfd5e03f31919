import { EngineError } from "./engine-api";

/** What a person can do about an engine that refuses or does not answer. */
export function engineRemedy(error: unknown, { socketPath, image }: { socketPath: string; image: string }): string {
  const status = error instanceof EngineError ? error.status : undefined;
  if (status === 0) {
    return `Start Docker or Podman, or set AIDEATOR_CONTAINER_SOCKET to a socket that answers and that this server may use (${socketPath} was tried), then run again.`;
  }
  if (status === 404) return `Check AIDEATOR_AGENT_IMAGE (${image}): the engine has no such image. Pull or build it, then run again.`;
  const message = error instanceof Error ? error.message : "";
  if (/executable file.*not found|no such file or directory.*bash|bash.*no such file/i.test(message))
    return `Check AIDEATOR_AGENT_IMAGE (${image}): it needs bash, git and Node.js, as the one of agent/Dockerfile has.`;
  return "What the engine said is in the detail; its own log says more. Then run again.";
}
