import { AppError } from "../app-error";

/** The header's value, or undefined. Throws when it is no key. */
export function idempotencyKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key");
  if (key === null) return undefined;
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new AppError("bad_request", "The Idempotency-Key cannot be used.", [
    { field: "Idempotency-Key", message: "Use 1 to 200 visible ASCII characters, such as a UUID." },
  ]);
}
