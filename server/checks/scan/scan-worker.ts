import { extname } from "node:path";
import { parentPort } from "node:worker_threads";
import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import type { AddedFile } from "@/lib/diff/added-lines";
import type { NamedFinding } from "@/lib/run/check-events";
import { riskyPatterns } from "./risky-patterns";

/**
 * The worker thread that looks for secrets: expressions over text of strangers may take for ever, and a thread can be ended. secretlint masks what
 * it found; nothing of a secret leaves this file.
 */
const preset = "@secretlint/secretlint-rule-preset-recommend";

async function scan({ path, lines }: AddedFile): Promise<NamedFinding[]> {
  const source = {
    content: lines.map(({ text }) => text).join("\n"),
    filePath: `/${path}`,
    ext: extname(path),
    contentType: "text" as const,
  };
  const config = { rules: [{ id: preset, rule: creator, options: {} }] };
  const { messages } = await lintSource({ source, options: { locale: "en", maskSecrets: true, config } });
  const secrets = messages.map(({ ruleId, messageId, message, severity, loc }): NamedFinding => {
    const line = lines[loc.start.line - 1]?.number ?? 0;
    const rule = `${ruleId.replace("@secretlint/secretlint-rule-", "secret/")}:${messageId}`;
    return {
      file: path,
      line,
      rule,
      severity: severity === "warning" || severity === "info" ? "warning" : "error",
      message: sentence(message),
    };
  });
  return [...secrets, ...riskyPatterns({ path, lines })];
}

/** `found GitHub Token(****): ****` → `Found GitHub Token.` */
function sentence(message: string): string {
  const plain = message.replace(/\(?\*{3,}\)?:?/g, "").replace(/[\s:]+$/, "");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}

parentPort?.on("message", (files: AddedFile[]) => {
  void (async () => {
    const found: NamedFinding[] = [];
    for (const file of files) found.push(...(await scan(file)));
    parentPort?.postMessage({ found });
  })().catch((error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }));
});
