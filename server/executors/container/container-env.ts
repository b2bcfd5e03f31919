import { z } from "zod";
import type { ContainerSettings } from "./container-machine";

/** What the container executor adds to the configuration, beside `AIDEATOR_AGENT_IMAGE`. */
export const containerEnvShape = {
  AIDEATOR_CONTAINER_SOCKET: z
    .string()
    .transform((text) => text.replace(/^unix:\/\//, ""))
    .refine((path) => path.startsWith("/"), "must be the absolute path of a unix socket, such as /run/podman/podman.sock")
    .optional(),
  DOCKER_HOST: z.string().optional(),
  XDG_RUNTIME_DIR: z.string().optional(),
};

type ContainerEnv = z.output<z.ZodObject<typeof containerEnvShape>> & { AIDEATOR_AGENT_IMAGE?: string };

/** Where engines usually listen, and the image; a sentence for a person where something is missing. */
export function containerSettings(env: ContainerEnv): ContainerSettings | string {
  const { AIDEATOR_AGENT_IMAGE: image, AIDEATOR_CONTAINER_SOCKET: socket, DOCKER_HOST: host, XDG_RUNTIME_DIR: runtime } = env;
  if (image === undefined) {
    return "AIDEATOR_AGENT_IMAGE is missing: with AIDEATOR_EXECUTOR=container it names the image that agents run in (docs/containers.md).";
  }
  if (socket !== undefined) return { image, sockets: [socket] };
  if (host !== undefined && !host.startsWith("unix://")) {
    return `DOCKER_HOST is ${host}: agents' files are on this machine, and so must be the engine. Set AIDEATOR_CONTAINER_SOCKET to its unix socket.`;
  }
  const usual = ["/var/run/docker.sock", "/run/podman/podman.sock", ...(runtime === undefined ? [] : [`${runtime}/podman/podman.sock`])];
  return { image, sockets: host === undefined ? usual : [host.slice("unix://".length)] };
}
