import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { setApiTarget } from "@/lib/client/api";
import { type DataFolderOwner, LOCAL_TOKEN_FILE, OWNER_FILE, ownerSchema } from "@/lib/protocol/local-access";
import type { Console } from "./console";
import { CommandError, exitCodes, usageError } from "./exit-codes";

/** A server, and what the person may show it. */
export interface ServerAccess {
  /** Without a slash at its end. */
  url: string;
  /** The access token, where there is one. */
  headers: Record<string, string>;
  /** Proves that this is the server's own user. Only for the server whose data folder it lies in. */
  localToken?: string;
}

interface Where {
  server?: string;
  "data-dir"?: string;
}

/**
 * The server that was named, or else the one that works on the data folder; all API calls go there from now on. Whether it answers is seen at
 * the first call. Throws where none is known. The file `.env` is the local server's: what it holds is not shown to others.
 */
export function findServer(where: Where, terminal: Console): ServerAccess {
  const configured = configuredEnvironment(terminal);
  const dataDir =
    where["data-dir"] === undefined
      ? resolve(terminal.root, configured.AIDEATOR_DATA_DIR || "data")
      : resolve(terminal.cwd, where["data-dir"]);
  const owner = readOwner(dataDir);
  const named = where.server ?? (terminal.env.AIDEATOR_URL || undefined);
  const url = named === undefined ? owner?.local : origin(named);
  if (url === undefined) throw noServer(`No AIdeator runs on ${dataDir}.`, terminal);
  const isLocal = owner?.local !== undefined && sameServer(url, owner.local);
  const token = (isLocal ? configured : terminal.env).AIDEATOR_ACCESS_TOKEN;
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  setApiTarget({ origin: url, headers });
  return { url, headers, localToken: isLocal ? readToken(dataDir) : undefined };
}

/** With what to do about it. */
export function noServer(what: string, { name }: Console): CommandError {
  return new CommandError(exitCodes.noServer, `${what} Start one with: ${name} up. Or name one with --server or AIDEATOR_URL.`);
}

function configuredEnvironment({ root, env }: Console): NodeJS.ProcessEnv {
  const file = join(root, ".env");
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}), ...env };
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.pathname !== "/") {
    throw usageError(`${JSON.stringify(text)} is no address of a server: it looks like http://127.0.0.1:3000.`);
  }
  return url.origin;
}

/** Undefined when nobody works there any more: the file stays behind. */
function readOwner(dataDir: string): DataFolderOwner | undefined {
  try {
    const owner = ownerSchema.parse(JSON.parse(readFileSync(join(dataDir, OWNER_FILE), "utf8")));
    return isAlive(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive as well.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function sameServer(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace("//localhost", "//127.0.0.1").replace(/\/$/, "");
  return plain(a) === plain(b);
}

function readToken(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, LOCAL_TOKEN_FILE), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
