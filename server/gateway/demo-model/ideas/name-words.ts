import type { FunctionInfo } from "../source/find-functions";

const VERBS = new Set(
  (
    "abort accept add allow append apply assert assign attach bind build calculate call cancel check clean clear clone close collect combine " +
    "compare compile compute configure connect convert copy count create decode delete derive detect disable dispatch divide emit enable encode " +
    "ensure escape evaluate execute expand extract fetch fill filter find finish flatten flush format generate get group handle hash ignore import " +
    "init initialize insert invoke join list load log lookup make map mark match merge move multiply normalize open parse pick pop prepare " +
    "print process push put query read receive record reduce register release reload remove render replace report require reset resolve restore " +
    "return reverse run save scan schedule search select send serialize set show sign skip slice sort split start stop store strip subtract sum " +
    "swap sync test throw toggle trace transform trim unescape unquote unsign update upload use validate verify visit wait walk wrap write quote"
  ).split(" "),
);
const SHORT_FORMS: Record<string, string> = {
  arg: "argument",
  args: "arguments",
  buf: "buffer",
  bytestr: "byte string",
  cb: "callback",
  cfg: "configuration",
  cmd: "command",
  ctx: "context",
  desc: "description",
  dest: "destination",
  dir: "folder",
  elem: "element",
  env: "environment",
  err: "error",
  fn: "function",
  idx: "index",
  len: "length",
  msg: "message",
  num: "number",
  obj: "object",
  opt: "option",
  opts: "options",
  params: "parameters",
  req: "request",
  res: "response",
  src: "source",
  str: "string",
  val: "value",
};
/** Verbs that say enough with nothing but their object. */
const ALONE =
  /^(parse|validate|print|format|escape|unescape|encode|decode|compare|merge|normalize|flatten|quote|unquote|sort|trim|hash|load|save|render|copy|sign|verify|visit)$/;
const PLACES = /^(by|for|from|in|into|of|on|to|with|without|as|at|if|when|after|before|up|down|all|every|each)$/;
const ADJECTIVE = /(ed|able|ible|ive|al)$|^(empty|valid|ready|open|closed|busy|blank|equal|own|safe|done|alive|public|private)$/;

/** `parseHTTPHeader` and `parse_http_header` → `parse`, `http`, `header`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_$]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

/** What a function's name says, without a full stop: "Parses the header", or "Parse the header"; undefined where it says too little. */
export function describeName({ name, parameters }: FunctionInfo, mood: "third person" | "imperative"): string | undefined {
  const words = wordsOf(name);
  const [first = "", ...rest] = words;
  const say = (verb: string, object: string): string => {
    const inMood = mood === "imperative" ? verb : thirdPerson(verb);
    return `${inMood.charAt(0).toUpperCase()}${inMood.slice(1)}${object === "" ? "" : ` ${object}`}`;
  };
  const subject = parameters.find((parameter) => parameter.name !== "" && !/^(self|cls|this)$/.test(parameter.name))?.name;
  if (/^(is|has|can|should)$/.test(first) && rest.length > 0) return tellsWhether(first, rest, subject, say);
  const to = words.indexOf("to");
  if (to > 0 && to < words.length - 1 && !VERBS.has(first)) {
    return say("convert", `${article(words.slice(0, to))} to ${words.slice(to + 1).join(" ")}`);
  }
  if (first === "to" && rest.length > 0) return say("convert", `${subject === undefined ? "it" : `\`${subject}\``} to ${rest.join(" ")}`);
  if (first === "on" && rest.length > 0) return say("handle", phrase(rest));
  if (first === "new" && rest.length > 0) return say("create", article(["new", ...rest]));
  if (!VERBS.has(first)) return undefined;
  if (rest.length === 0)
    return subject === undefined || !ALONE.test(first) || wordsOf(subject).includes(first)
      ? undefined
      : say(first, `the ${describeParameter(subject)}`);
  if (first === "make" && rest.length === 1 && ADJECTIVE.test(rest[0] ?? "") && subject !== undefined)
    return say("make", `\`${subject}\` ${rest[0]}`);
  if (/^(create|make|build|generate)$/.test(first) && !PLACES.test(rest[0] ?? "")) return say(first, article(rest));
  return say(first, phrase(rest));
}

/** `allowedOrigin` → `allowed origin`, with the usual short forms written out. */
export function describeParameter(name: string): string {
  return wordsOf(name)
    .map((word) => (Object.hasOwn(SHORT_FORMS, word) ? SHORT_FORMS[word] : word))
    .join(" ");
}

function tellsWhether(verb: string, rest: string[], subject: string | undefined, say: (verb: string, object: string) => string): string {
  const whole = rest.join(" ");
  const last = rest.at(-1) ?? "";
  const it = subject === undefined ? "it" : `\`${subject}\``;
  if (verb === "has") return say("tell", `whether ${it} has ${article(rest)}`);
  if (verb !== "is") return say("tell", `whether ${it} ${verb} ${whole}`);
  if (rest.length > 1 && ADJECTIVE.test(last)) return say("tell", `whether the ${rest.slice(0, -1).join(" ")} is ${last}`);
  return say("tell", `whether ${it} is ${ADJECTIVE.test(whole) ? whole : article(rest)}`);
}

function phrase(words: string[]): string {
  const [first = ""] = words;
  if (PLACES.test(first)) return words.join(" ");
  const joint = words.findIndex((word) => PLACES.test(word));
  return `the ${joint < 0 ? words.join(" ") : `${words.slice(0, joint).join(" ")} ${words.slice(joint).join(" ")}`}`;
}

function article(words: string[]): string {
  const text = words.join(" ");
  const last = words.at(-1) ?? "";
  if (/[^s]s$/.test(last) || /^(data|bytes|json|text|html|xml|yaml)$/.test(last)) return text;
  return `${/^[aeio]|^un[^i]/.test(text) ? "an" : "a"} ${text}`;
}

function thirdPerson(verb: string): string {
  if (/(s|x|ch|sh|o)$/.test(verb)) return `${verb}es`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`;
}
