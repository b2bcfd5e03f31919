/** A repository address that passed the allow-list as far as its text tells. */
export interface AddressText {
  kind: "https" | "ssh" | "path";
  /** Without credentials; a path as it was typed. */
  url: string;
  /** For people: `acme/shop`, or the folder's name. */
  name: string;
}

const MAX_LENGTH = 2_000;
/** Of a path, decoded: no encoded slash or quote gets through. */
const SEGMENT = /^[\p{L}\p{N}_.~+ -]+$/u;
const SCP_LIKE = /^([\w.-]+)@([\w.-]+):(?!\/\/)([\w./~+-]+)$/;

/**
 * What a person typed → an address, or why it is none and what to do. By allow-list: https, ssh, `git@host:path`, absolute paths; `gitHosts`
 * may be reached by http as well. The same rules in the page, as one types, and in the server, which then looks at the disk and the network.
 */
export function readAddress(input: string, gitHosts: readonly string[]): { address: AddressText } | { refusal: string } {
  const text = input.trim();
  if (text === "" || text.length > MAX_LENGTH)
    return { refusal: "Give the address of a git repository, such as https://github.com/acme/shop." };
  if (/[\u0000-\u0020\u007f]/.test(text) && !text.startsWith("/"))
    return { refusal: "The address holds white space or control characters: remove them." };
  if (text.startsWith("-")) return { refusal: "An address may not begin with a dash." };
  if (text.startsWith("/")) return readPath(text);
  const scp = SCP_LIKE.exec(text);
  return readUrl(scp === null ? text : `ssh://${scp[1]}@${scp[2]}/${scp[3]}`, gitHosts);
}

function readPath(text: string): { address: AddressText } | { refusal: string } {
  const segments = text.split("/");
  if (text.includes("\0") || segments.includes(".."))
    return { refusal: "The path holds parts that are not allowed (.. or NUL): give the plain absolute path." };
  const name = segments.findLast((segment) => segment !== "" && segment !== ".git") ?? text;
  return { address: { kind: "path", url: text, name: name.replace(/\.git$/, "") } };
}

function readUrl(text: string, gitHosts: readonly string[]): { address: AddressText } | { refusal: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const named = url !== undefined && gitHosts.some((host) => host === url.host || host === url.hostname);
  const plainHttp = url?.protocol === "http:" && named;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "ssh:" && !plainHttp))
    return { refusal: "Only https:// and ssh:// addresses, git@host:path, and absolute paths inside an allowed folder can be used." };
  const isSsh = url.protocol === "ssh:";
  if (url.password !== "" || (!isSsh && url.username !== ""))
    return { refusal: "The address holds credentials. Leave them out: they would be stored and shown with the project." };
  if (isSsh && !/^[\w.-]*$/.test(url.username)) return { refusal: "The user name of the ssh address cannot be used." };
  if (!/^(\[[0-9a-f:.]+\]|[\w][\w.-]*)$/i.test(url.hostname)) return { refusal: "The host name of the address cannot be used." };
  if (url.search !== "" || url.hash !== "")
    return { refusal: "Leave out everything from ? or # on: only the repository's address is wanted." };
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  if (segments.length === 0 || !segments.every(isPlain))
    return { refusal: "The address names no repository: it looks like https://github.com/acme/shop." };
  const name = segments
    .slice(-2)
    .join("/")
    .replace(/\.git$/, "");
  const user = url.username === "" ? "" : `${url.username}@`;
  return { address: { kind: isSsh ? "ssh" : "https", url: `${url.protocol}//${user}${url.host}/${segments.join("/")}`, name } };
}

function isPlain(segment: string): boolean {
  try {
    const text = decodeURIComponent(segment);
    return SEGMENT.test(text) && text !== "." && text !== "..";
  } catch {
    return false;
  }
}
