import { createHash } from "node:crypto";
import type { ListedFile } from "./detect-setup";

/**
 * Names what a set-up makes: the same lock files, command and machine give the same folders. Hexadecimal, 32 characters. The version of
 * Node.js counts with its major number: native modules are built for it.
 */
export function setupHash(input: { command: string; hashed: readonly ListedFile[]; platform: string; nodeVersion: string }): string {
  const { command, hashed, platform, nodeVersion } = input;
  const [major = ""] = nodeVersion.split(".");
  const parts = [platform, major, command, ...hashed.flatMap(({ path, blob }) => [path, blob])];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}

/** What git calls this content. */
export function blobId(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
