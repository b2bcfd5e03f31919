import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOCAL_TOKEN_SCHEME } from "@/lib/protocol/bounds";
import { LOCAL_TOKEN_FILE } from "@/lib/protocol/local-access";
import { AppError } from "./app-error";

/** Proof that a caller is the operating-system user whose server this is: it can read a file that only that user can. */
export interface LocalAccess {
  /** Throws `forbidden` with the remedy unless the request carries this start's token. */
  check(request: Request): void;
}

/**
 * Writes a new token into the data folder, for its owner only. It changes with every start, so that one that was shown to a program on a
 * dead server's port is worth nothing. `enabled` is false where others share this server: then nobody gets in, and no file stays.
 */
export async function createLocalAccess(dataDir: string, { enabled }: { enabled: boolean }): Promise<LocalAccess> {
  const file = join(dataDir, LOCAL_TOKEN_FILE);
  // The mode counts when a file is made, not when it is written over.
  await rm(file, { force: true });
  const token = randomBytes(32).toString("base64url");
  if (enabled) await writeFile(file, token, { mode: 0o600, flag: "wx" });
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

  return {
    check(request) {
      if (!enabled) {
        throw new AppError(
          "forbidden",
          "Folders can be allowed at run time only on a server that one person uses on this machine. Set AIDEATOR_LOCAL_REPOS and start it again.",
        );
      }
      const [scheme, given = ""] = (request.headers.get("authorization") ?? "").split(" ");
      if (scheme === LOCAL_TOKEN_SCHEME && timingSafeEqual(digest(given), digest(token))) return;
      throw new AppError(
        "forbidden",
        `Only the user whose server this is may allow folders: send Authorization: ${LOCAL_TOKEN_SCHEME} <the content of ${LOCAL_TOKEN_FILE} in the data folder>, or use aideator allow.`,
      );
    },
  };
}
