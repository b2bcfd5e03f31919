import { unwatchFile, watchFile } from "node:fs";
import { readFile } from "node:fs/promises";
import type { RequestListener, ServerOptions } from "node:http";
import { createServer, type Server } from "node:https";
import { ConfigurationError } from "../env";
import type { TlsFiles } from "../executors/kubernetes/kubernetes-env";

/** How often the files are looked at: certificates are renewed days before they end. */
const LOOK_MS = 10_000;

/**
 * An HTTPS server on a certificate and its key, PEM files; when they change, new connections get the new ones. Files are looked at by time: a
 * mounted Secret is exchanged by a link, which no notification tells of. A pair that does not fit is told to `onError`, and the one before stays.
 */
export async function openTlsServer(
  files: TlsFiles,
  requests: Pick<ServerOptions, "IncomingMessage">,
  answer: RequestListener,
  onError: (error: unknown) => void,
  lookMs = LOOK_MS,
): Promise<{ server: Server; stopWatching(): void }> {
  const server = secureServer({ ...requests, ...(await readPair(files)) }, answer);
  const reload = (): void => {
    readPair(files)
      .then((pair) => server.setSecureContext(pair))
      .catch(onError);
  };
  for (const file of [files.cert, files.key]) watchFile(file, { interval: lookMs, persistent: false }, reload);
  return {
    server,
    stopWatching() {
      for (const file of [files.cert, files.key]) unwatchFile(file, reload);
    },
  };
}

function secureServer(pair: ServerOptions & Awaited<ReturnType<typeof readPair>>, answer: RequestListener): Server {
  try {
    return createServer(pair, answer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`AIDEATOR_GATEWAY_TLS_CERT and AIDEATOR_GATEWAY_TLS_KEY are no pair in PEM form: ${why}.`);
  }
}

async function readPair({ cert, key }: TlsFiles): Promise<{ cert: Buffer; key: Buffer; minVersion: "TLSv1.2" }> {
  const read = (name: string, path: string): Promise<Buffer> =>
    readFile(path).catch((error: unknown) => {
      throw new ConfigurationError(
        `AIDEATOR_GATEWAY_TLS_${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      );
    });
  return { cert: await read("CERT", cert), key: await read("KEY", key), minVersion: "TLSv1.2" };
}
