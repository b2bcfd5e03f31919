import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = "v1.";

/** Seals short texts at rest (AES-256-GCM, NIST SP 800-38D, a fresh nonce for each). */
export interface SecretBox {
  /** `context` says where it belongs: what is moved elsewhere cannot be opened there. */
  seal(text: string, context: string): string;
  /** Throws when it was sealed with another key or for another place, or was changed. */
  open(sealed: string, context: string): string;
}

/** `key` has 32 bytes. */
export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== KEY_BYTES) throw new Error("the key of secrets must have 32 bytes");
  return {
    seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return FORM + sealed.toString("base64url");
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.slice(FORM.length), "base64url");
      if (!sealed.startsWith(FORM) || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error("this is no sealed secret");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    },
  };
}

/**
 * The key of this server's secrets: drawn from `secret` where the operator gave one (HKDF, RFC 5869), else from a random one that is made
 * once and kept in the data folder for this user alone.
 */
export async function secretKey(dataDir: string, secret?: string): Promise<Buffer> {
  return Buffer.from(hkdfSync("sha256", secret ?? (await keptSecret(dataDir)), "", "aideator project secrets", KEY_BYTES));
}

/**
 * What next-auth makes its keys of: drawn from the same secret and from the access token (the salt of HKDF), so that a new token ends all
 * sessions, and who knows only the token cannot make one.
 */
export async function sessionSecret(dataDir: string, accessToken: string, secret?: string): Promise<string> {
  const drawn = hkdfSync("sha256", secret ?? (await keptSecret(dataDir)), accessToken, "aideator sessions", KEY_BYTES);
  return Buffer.from(drawn).toString("base64url");
}

async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, "secret.key");
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(path, `${randomBytes(KEY_BYTES).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const text = (await readFile(path, "utf8")).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} holds no key. Restore it, or remove it and enter all secrets again.`);
  return text;
}
