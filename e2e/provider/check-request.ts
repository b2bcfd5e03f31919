import { checkImage } from "./check-image";
import { isObject, type Json, type JsonObject } from "./json";
import { type ModelRules, models } from "./model-rules";
import { invalid, Refusal } from "./refusal";

export interface Message {
  role: "user" | "assistant";
  content: JsonObject[];
}

/** A request that the API takes, in one form: strings are text blocks. */
export interface Checked {
  model: string;
  rules: ModelRules;
  maxTokens: number;
  stream: boolean;
  system: JsonObject[];
  tools: JsonObject[];
  messages: Message[];
  thinking: JsonObject | undefined;
}

const FIELDS = [
  "model",
  "max_tokens",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "temperature",
  "stream",
  "stop_sequences",
  "metadata",
  "output_config",
  "top_p",
  "top_k",
  "service_tier",
  "cache_control",
];
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** Refuses what the Messages API refuses, in its words where they are known. */
export function checkRequest(body: JsonObject): Checked {
  for (const field of Object.keys(body)) if (!FIELDS.includes(field)) throw invalid(`${field}: Extra inputs are not permitted`);
  const { model, max_tokens: maxTokens } = body;
  if (typeof model !== "string") throw invalid("model: Field required");
  const rules = models[model];
  if (rules === undefined) throw new Refusal(404, "not_found_error", `model: ${model}`);
  if (typeof maxTokens !== "number") throw invalid("max_tokens: Field required");
  if (maxTokens < 1) throw invalid("max_tokens: Input should be greater than or equal to 1");
  if (maxTokens > rules.maxOutput) {
    throw invalid(`max_tokens: ${maxTokens} > ${rules.maxOutput}, which is the maximum allowed number of output tokens for ${model}`);
  }
  const thinking = checkThinking(body.thinking, model, rules, maxTokens);
  checkTemperature(body.temperature, rules, thinking);
  const checked: Checked = {
    model,
    rules,
    maxTokens,
    stream: body.stream === true,
    system: blocksOf(body.system ?? [], "system"),
    tools: checkTools(body.tools),
    messages: checkMessages(body.messages, rules),
    thinking,
  };
  checkCacheMarks(checked);
  return checked;
}

function checkThinking(
  thinking: Json | undefined,
  model: string,
  { thinking: taken }: ModelRules,
  maxTokens: number,
): JsonObject | undefined {
  if (thinking === undefined) return undefined;
  if (!isObject(thinking) || typeof thinking.type !== "string") throw invalid("thinking.type: Field required");
  const { type, budget_tokens: budget } = thinking;
  if (!taken.includes(type)) {
    if (type === "adaptive") throw invalid(`adaptive thinking is not supported on this model: ${model}`);
    throw invalid(
      `"thinking.type.${type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`,
    );
  }
  if (type !== "enabled") {
    if (budget !== undefined) throw invalid(`thinking.${type}.budget_tokens: Extra inputs are not permitted`);
    return thinking;
  }
  if (typeof budget !== "number") throw invalid("thinking.enabled.budget_tokens: Field required");
  if (budget < 1_024) throw invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  if (maxTokens <= budget) throw invalid("`max_tokens` must be greater than `thinking.budget_tokens`.");
  return thinking;
}

function checkTemperature(temperature: Json | undefined, rules: ModelRules, thinking: JsonObject | undefined): void {
  if (temperature === undefined) return;
  if (rules.temperature === "refused") throw invalid("`temperature` is deprecated for this model.");
  if (typeof temperature !== "number" || temperature < 0 || temperature > 1) throw invalid("temperature: range: 0..1");
  if (rules.temperature === "one_with_thinking" && thinking?.type === "enabled" && temperature !== 1) {
    throw invalid("`temperature` may only be set to 1 when thinking is enabled.");
  }
}

function checkTools(tools: Json | undefined): JsonObject[] {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw invalid("tools: Input should be a valid list");
  const names = new Set<string>();
  return tools.map((tool, at) => {
    if (!isObject(tool)) throw invalid(`tools.${at}: Input should be an object`);
    const { name, input_schema: schema } = tool;
    if (typeof name !== "string" || !TOOL_NAME.test(name))
      throw invalid(`tools.${at}.custom.name: String should match pattern '${TOOL_NAME.source}'`);
    if (names.has(name)) throw invalid("tools: Tool names must be unique.");
    names.add(name);
    if (!isObject(schema)) throw invalid(`tools.${at}.custom.input_schema: Field required`);
    if (schema.type !== "object") throw invalid(`tools.${at}.custom.input_schema.type: Input should be 'object'`);
    return tool;
  });
}

function blocksOf(content: Json, where: string): JsonObject[] {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  if (!Array.isArray(blocks)) throw invalid(`${where}: Input should be a valid list`);
  return blocks.map((block, at) => {
    if (!isObject(block) || typeof block.type !== "string") throw invalid(`${where}.${at}: Input should be an object with a type`);
    if (block.type === "text" && (typeof block.text !== "string" || block.text === ""))
      throw invalid("messages: text content blocks must be non-empty");
    if (block.type === "text" && String(block.text).trim() === "")
      throw invalid("messages: text content blocks must contain non-whitespace text");
    return block;
  });
}

function checkMessages(messages: Json | undefined, rules: ModelRules): Message[] {
  if (!Array.isArray(messages)) throw invalid("messages: Field required");
  if (messages.length === 0) throw invalid("messages: at least one message is required");
  const checked = messages.map((message, at): Message => {
    if (!isObject(message)) throw invalid(`messages.${at}: Input should be an object`);
    const { role, content } = message;
    if (role !== "user" && role !== "assistant") throw invalid(`messages.${at}.role: Input should be 'user' or 'assistant'`);
    const blocks = blocksOf(content ?? [], `messages.${at}.content`);
    if (blocks.length === 0)
      throw invalid(`messages.${at}: all messages must have non-empty content except for the optional final assistant message`);
    return { role, content: blocks };
  });
  if (checked[0]?.role !== "user") throw invalid('messages: first message must use the "user" role');
  for (const [at, { role }] of checked.entries()) {
    if (at > 0 && checked[at - 1]?.role === role) {
      throw invalid(`messages: roles must alternate between "user" and "assistant", but found multiple "${role}" roles in a row`);
    }
  }
  const openEnd = checked.findIndex(({ role, content }) => role === "assistant" && /thinking$/.test(String(content.at(-1)?.type)));
  if (openEnd !== -1) throw invalid(`messages.${openEnd}: The final block in an assistant message cannot be \`thinking\`.`);
  const last = checked.at(-1);
  // A turn that was paused in the provider's own tools goes on from where it is.
  if (last?.role === "assistant" && !/^server_tool_use$|_tool_result$/.test(String(last.content.at(-1)?.type))) {
    throw invalid("This model does not support assistant message prefill. The conversation must end with a user message.");
  }
  checkPairs(checked);
  for (const [at, { content }] of checked.entries()) {
    for (const [index, block] of content.entries())
      if (block.type === "image") checkImage(block, `messages.${at}.content.${index}.image.source`, rules);
  }
  return checked;
}

/** Every call has its result right after it, and every result its call right before it. */
function checkPairs(messages: readonly Message[]): void {
  const known = new Set<string>();
  for (const [at, { role, content }] of messages.entries()) {
    const before = idsOf(messages[at - 1]?.content ?? [], "tool_use", "id");
    const results = role === "user" ? leading(content, "tool_result") : [];
    const given = idsOf(results, "tool_result", "tool_use_id");
    const missing = before.filter((id) => !given.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${at - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    for (const [index, block] of content.entries()) {
      if (block.type === "tool_result" && !before.includes(String(block.tool_use_id))) {
        throw invalid(
          `messages.${at}.content.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(block.tool_use_id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        );
      }
      if (block.type !== "tool_use") continue;
      if (role !== "assistant") throw invalid(`messages.${at}.content.${index}: \`tool_use\` blocks can only be in \`assistant\` messages`);
      if (!isObject(block.input)) throw invalid(`messages.${at}.content.${index}.tool_use.input: Input should be a valid dictionary`);
      if (known.has(String(block.id))) throw invalid(`messages.${at}.content.${index}: \`tool_use\` ids must be unique`);
      known.add(String(block.id));
    }
    if (new Set(given).size < given.length)
      throw invalid(`messages.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with one id.`);
  }
  const open = messages.at(-1)?.role === "assistant" ? idsOf(messages.at(-1)?.content ?? [], "tool_use", "id") : [];
  if (open.length > 0)
    throw invalid(
      `messages.${messages.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}.`,
    );
}

function leading(content: readonly JsonObject[], type: string): JsonObject[] {
  const end = content.findIndex((block) => block.type !== type);
  return content.slice(0, end === -1 ? content.length : end);
}

function idsOf(content: readonly JsonObject[], type: string, field: string): string[] {
  return content.filter((block) => block.type === type).map((block) => String(block[field]));
}

function checkCacheMarks({ system, tools, messages }: Checked): void {
  const marked = [...tools, ...system, ...messages.flatMap(({ content }) => content)].filter((block) => block.cache_control !== undefined);
  if (marked.length > 4) throw invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`);
  for (const block of marked) {
    const { type } = block;
    if (type === "thinking" || type === "redacted_thinking")
      throw invalid(`messages.content.${type}.cache_control: Extra inputs are not permitted`);
    const mark = block.cache_control;
    if (!isObject(mark) || mark.type !== "ephemeral") throw invalid("cache_control.type: Input should be 'ephemeral'");
    if (mark.ttl !== undefined && mark.ttl !== "5m" && mark.ttl !== "1h")
      throw invalid("cache_control.ephemeral.ttl: Input should be '5m' or '1h'");
  }
}
