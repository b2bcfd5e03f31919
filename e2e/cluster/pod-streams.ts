import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { Exec, type KubeConfig, PortForward } from "@kubernetes/client-node";

/** A port of this machine that is one of a pod's, through the API server: `kubectl port-forward` needs no way into the cluster's network. */
export interface ForwardedPort {
  close(): Promise<void>;
}

/** `pod` is asked at each connection, so that a pod's successor is reached under the same address; undefined: nobody is there. */
export async function forwardPort(
  config: KubeConfig,
  { namespace, port, pod }: { namespace: string; port: number; pod: () => Promise<string | undefined> },
): Promise<ForwardedPort> {
  const open = new Set<Socket>();

  async function join(socket: Socket): Promise<void> {
    const name = await pod();
    if (name === undefined) return void socket.destroy();
    const complaints = new PassThrough().on("data", () => socket.destroy());
    const stream = await new PortForward(config).portForward(namespace, name, [port], socket, complaints, socket);
    if (!("onclose" in stream)) throw new Error("a port is forwarded by one connection");
    stream.onclose = () => socket.destroy();
    socket.once("close", () => stream.close());
    if (socket.destroyed) stream.close();
  }

  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
    join(socket).catch(() => socket.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Runs a command in a container, as `kubectl exec` does. Resolves to what it wrote when it has ended, or its container with it. */
export async function execInPod(
  config: KubeConfig,
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
  command: string[],
): Promise<{ succeeded: boolean; text: string }> {
  let text = "";
  const output = new PassThrough().on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  let succeeded = false;
  const stream = await new Exec(config).exec(namespace, pod, container, command, output, output, null, false, ({ status }) => {
    succeeded = status === "Success";
  });
  await new Promise<void>((resolve) => {
    if (stream.readyState === stream.CLOSED) resolve();
    stream.onclose = () => resolve();
  });
  return { succeeded, text };
}
