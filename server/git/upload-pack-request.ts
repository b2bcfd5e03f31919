import type { GitProtocol } from "./run-refs";

/** What a client asks of upload-pack, as far as somebody has to decide on it. */
export interface UploadPackRequest {
  /** Object ids, lower case. */
  wants: string[];
  /** Undefined when the request may go on, else why not. */
  refusal?: string;
}

/** Protocol 2 knows more commands; these two are all that a fetch needs. */
const COMMANDS = new Set(["ls-refs", "fetch"]);

/**
 * Reads the pkt-lines of one request (gitprotocol-pack, gitprotocol-v2: four hexadecimal digits with the length of the line, themselves
 * included; `0000` to `0002` are separators) and collects every `want`, wherever it stands. What is no pkt-line is refused.
 */
export function readUploadPackRequest(body: Buffer, protocol: GitProtocol): UploadPackRequest {
  const wants: string[] = [];
  const lines = pktLines(body);
  if (lines === undefined) return { wants, refusal: "protocol error: bad line length" };
  for (const line of lines) {
    if (!line.startsWith("want ")) continue;
    const id = /^want ([0-9a-f]{40})/i.exec(line)?.[1];
    if (id === undefined) return { wants, refusal: "protocol error: a want without an object id" };
    wants.push(id.toLowerCase());
  }
  if (protocol !== 2 || lines.length === 0) return { wants };
  const commands = lines.filter((line) => line.startsWith("command="));
  const unknown = commands.find((line) => !COMMANDS.has(line.slice("command=".length)));
  if (unknown !== undefined || commands.length !== 1) return { wants, refusal: "this remote answers ls-refs and fetch only" };
  return { wants };
}

/** One error as a pkt-line; git shows it as `fatal: remote error: …`. */
export function errorLine(message: string): Buffer {
  const payload = Buffer.from(`ERR ${message}\n`);
  return Buffer.concat([Buffer.from((payload.length + 4).toString(16).padStart(4, "0")), payload]);
}

/** The lines without separators and trailing newline; undefined when the body is no sequence of pkt-lines. */
function pktLines(body: Buffer): string[] | undefined {
  const lines: string[] = [];
  for (let at = 0; at < body.length; ) {
    const digits = body.toString("latin1", at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) return undefined;
    const length = Number.parseInt(digits, 16);
    if (length === 3 || at + Math.max(4, length) > body.length) return undefined;
    if (length >= 4) lines.push(body.toString("latin1", at + 4, at + length).replace(/\n$/, ""));
    at += Math.max(4, length);
  }
  return lines;
}
