import { createHash } from "node:crypto";

/** What the database keeps of a sandbox's token: enough to recognise it, not to use it. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
