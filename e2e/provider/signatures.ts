import { createHash, createHmac } from "node:crypto";
import { canonical, type JsonObject } from "./json";
import { invalid } from "./refusal";

interface Message {
  role: string;
  content: JsonObject[];
}

/** Signs what a model thought, and knows it again: thinking is bound to the conversation that it was thought in. */
export interface Signatures {
  /** `messages` is the request that is being answered. */
  sign(thinking: string, messages: readonly Message[]): string;
  /** Remembers which thinking came with a tool call. */
  bind(toolUseId: string, signatures: readonly string[]): void;
  /** Refuses thinking that was changed, invented, moved, or left out where the last tool calls need it. */
  check(messages: readonly Message[]): void;
}

export function createSignatures(): Signatures {
  const issued = new Map<string, { thinking: string; prefix: string }>();
  const bound = new Map<string, readonly string[]>();
  return {
    sign(thinking, messages) {
      const prefix = prefixHashes(messages).at(-1) ?? "";
      const signature = createHmac("sha256", "provider").update(`${prefix}\0${thinking}\0${issued.size}`).digest("base64");
      issued.set(signature, { thinking, prefix });
      return signature;
    },
    bind: (toolUseId, signatures) => void bound.set(toolUseId, signatures),
    check(messages) {
      const hashes = new Set<string>();
      const all = prefixHashes(messages);
      let flat = 0;
      for (const [at, { content }] of messages.entries()) {
        for (const [index, block] of content.entries()) {
          hashes.add(all[flat] ?? "");
          flat += 1;
          if (block.type !== "thinking") continue;
          const known = issued.get(String(block.signature));
          if (known === undefined || known.thinking !== block.thinking) {
            throw invalid(`messages.${at}.content.${index}: Invalid \`signature\` in \`thinking\` block`);
          }
          if (!hashes.has(known.prefix)) {
            throw invalid(
              `messages.${at}.content.${index}: Invalid \`signature\` in \`thinking\` block: the block is bound to a different conversation`,
            );
          }
        }
      }
      checkLast(messages, bound);
    },
  };
}

function checkLast(messages: readonly Message[], bound: ReadonlyMap<string, readonly string[]>): void {
  const at = messages.findLastIndex(({ role }) => role === "assistant");
  const content = messages[at]?.content ?? [];
  const wanted = new Set(content.flatMap(({ type, id }) => (type === "tool_use" ? (bound.get(String(id)) ?? []) : [])));
  const given = new Set(content.map(({ signature, data }) => String(signature ?? data)));
  if ([...wanted].every((signature) => given.has(signature))) return;
  throw invalid(
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(content[0]?.type)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
  );
}

/** One hash per block: of everything before it; and one more, of everything. */
function prefixHashes(messages: readonly Message[]): string[] {
  const hashes = [""];
  for (const { role, content } of messages) {
    for (const block of content) {
      const before = hashes.at(-1) ?? "";
      hashes.push(
        createHash("sha256")
          .update(`${before}\0${role}\0${canonical(block)}`)
          .digest("hex"),
      );
    }
  }
  return hashes;
}
