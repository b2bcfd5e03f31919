import { redactSecrets, type SecretRedaction } from "../runs/redact-secrets";

/** What only this server knows, and keeps out of everything that is stored or shown. It may grow while the server runs. */
export interface ServerSecrets {
  all(): readonly string[];
  /** From now on it is looked for. One that is no longer used stays until the server ends: texts with it may still come. */
  add(secret: string): void;
  /** Always looks for all that are known when it is asked. */
  redaction: SecretRedaction;
}

/** See `ServerSecrets`. */
export function createServerSecrets(given: readonly string[]): ServerSecrets {
  let secrets = [...given];
  let ready = redactSecrets(secrets);
  return {
    all: () => secrets,
    add(secret) {
      if (secrets.includes(secret)) return;
      secrets = [...secrets, secret];
      ready = redactSecrets(secrets);
    },
    redaction: {
      redactText: (text) => ready.redactText(text),
      redactStrings: (value) => ready.redactStrings(value),
      attempt: () => ready.attempt(),
    },
  };
}
