import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createModelServer, type ModelServer, VARIATION_HEADER } from "./create-model-server";
import { parseScenario } from "./scenario";
import { stepNames } from "./scenario-schema";
import { createScriptedModel } from "./scripted-model";

// The examples of the documentation, taken from it and played.
const page = readFileSync(fileURLToPath(new URL("../../docs/scripts.md", import.meta.url)), "utf8");
const blocks = [...page.matchAll(/^```json(?: example=(\w+))?\n([^]*?)^```$/gm)].map(([, name, text = ""]) => ({ name, text }));

let dir: string;
let server: ModelServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "doc-"));
  const scripted = createScriptedModel(dir);
  server = await createModelServer({ demo: scripted, scripted });
  for (const { name, text } of blocks) if (name !== undefined) await writeFile(join(dir, `${name}.json`), text);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  text: string;
  whole: boolean;
}

async function ask(name: string, past: unknown[] = [], variation = 0, prompt = "Write the guide"): Promise<Answer> {
  const response = await fetch(`${server.baseUrl}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": server.apiKey, [VARIATION_HEADER]: String(variation) },
    body: JSON.stringify({ model: `script:${name}`, stream: true, messages: [{ role: "user", content: prompt }, ...past] }),
  });
  let text = "";
  let whole = true;
  try {
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
  } catch {
    whole = false;
  }
  return { status: response.status, text, whole };
}

/** What was streamed in deltas of this kind. */
function streamed({ text }: Answer, field: "text" | "thinking" | "partial_json"): string {
  return [...text.matchAll(new RegExp(`"${field}":("(?:[^"\\\\]|\\\\.)*")\\}\\}`, "g"))]
    .map(([, json = '""']) => String(JSON.parse(json)))
    .join("");
}

const turn = (failed: boolean): unknown[] => [
  { role: "assistant", content: [{ type: "tool_use", id: "t", name: "read", input: {} }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "t", is_error: failed, content: "text" }] },
];

test("every JSON block of the page is a valid script, and every step is in its table", () => {
  expect(blocks.map(({ name }) => name)).toEqual([undefined, "trouble", "reacts", "five"]);
  for (const { name, text } of blocks) expect(parseScenario(text, `${name}.json`).default).toBeDefined();
  for (const name of stepNames) expect(page).toContain(`\`{"${name}":`);
});

test("a model in trouble", async () => {
  expect((await ask("trouble")).status).toBe(529);
  expect((await ask("trouble")).text).toContain("Overloaded.");
  const cut = await ask("trouble");
  expect(cut).toMatchObject({ status: 200, whole: false });
  expect(cut.text).toContain("This will nev");
  const fine = await ask("trouble");
  expect(fine).toMatchObject({ status: 200, whole: true });
  expect(JSON.parse(streamed(fine, "partial_json"))).toEqual({ path: "note.md", content: "# Note\n" });
});

test("a model that reacts", async () => {
  expect(streamed(await ask("reacts"), "text")).toBe("You asked: Write the guide");
  const missing = await ask("reacts", turn(true));
  expect(streamed(missing, "text")).toBe("There is no guide yet.");
  expect(missing.text).toContain('"stop_reason":"tool_use"');
  const there = await ask("reacts", turn(false));
  expect(streamed(there, "text")).toBe("The guide is there.");
  expect(there.text).toContain('"stop_reason":"end_turn"');
  expect((await ask("reacts", turn(true), 0, "Something else")).text).not.toContain("tool_use");
});

test("five that differ", async () => {
  expect((await ask("five")).text).toContain("A was quick.");
  const second = await ask("five", turn(false), 1);
  expect(streamed(second, "thinking")).toBe("Turn 2: let me think about it.");
  expect(second.text).toMatch(/message_start.*"input_tokens":40000.*"cache_read_input_tokens":30000/);
  expect(second.text).toMatch(/message_delta.*"output_tokens":9000/);
  expect((await ask("five", [], 2)).text).toContain('"stop_reason":"refusal"');
  expect(streamed(await ask("five", [], 4), "text")).toBe("1 2 3 E counted.");
});
