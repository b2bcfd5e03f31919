import { LandingError } from "../../git/landing/landing-error";

/** What Octokit throws, as far as it is used; recognised by its shape, since plugins bring copies of the class. */
interface RequestFailure {
  status: number;
  message: string;
  response?: { headers?: Record<string, string | number | undefined>; data?: unknown };
}

export function isRequestFailure(error: unknown): error is RequestFailure {
  return typeof error === "object" && error !== null && "status" in error && typeof error.status === "number";
}

/**
 * GitHub's answer → what to do. `doing` completes "GitHub refused to …". Statuses and messages:
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function explainGithub(error: unknown, doing: string): LandingError {
  if (error instanceof LandingError) return error;
  if (!isRequestFailure(error)) {
    return new LandingError(
      "repository_unreachable",
      `GitHub did not answer when asked to ${doing}.`,
      "Check GITHUB_API_URL and the network, then land again.",
      {
        detail: error instanceof Error ? error.message : String(error),
      },
    );
  }
  const said = saidBy(error);
  const detail = `${error.status}: ${said}`;
  const make = (code: LandingError["code"], message: string, remedy: string): LandingError =>
    new LandingError(code, message, remedy, { detail });
  if (isRateLimit(error, said)) {
    return make(
      "too_many_requests",
      `GitHub’s rate limit is used up${until(error)}.`,
      "Wait until then and land again: what is done already is found.",
    );
  }
  switch (error.status) {
    case 401:
      return make("forbidden", "GitHub does not accept the server’s token.", "Set a valid GITHUB_TOKEN and restart the server.");
    case 403:
      return make("forbidden", `GitHub refused to ${doing} (${said}).`, FORBIDDEN);
    case 404:
      return make("not_found", `GitHub knows nothing of that, or does not show it to this token: it was asked to ${doing}.`, FORBIDDEN);
    case 422:
      return explainUnprocessable(doing, said, make);
    default:
      return make(
        "repository_unreachable",
        `GitHub could not ${doing} (${error.status}${said === "" ? "" : `, ${said}`}).`,
        "Land again in a while: what is done already is found.",
      );
  }
}

const FORBIDDEN =
  "Give the token access to the repository: a fine-grained token needs “Contents” and “Pull requests” to read and write, a classic one the scope repo; an organisation may want it authorised for SSO.";

/** 422 has its reason in words only. */
const UNPROCESSABLE: [RegExp, string, string][] = [
  [/no commits between/i, "The branch has nothing that the base lacks.", "There is nothing to do, or another base is meant: give onto."],
  [/draft pull requests are not supported/i, "This repository does not know draft pull requests.", "Open it without draft."],
  [
    /field: ?base|base.*invalid|invalid.*base/i,
    "The repository has no branch of the name that the pull request should go to.",
    "Give onto, the name of a branch there.",
  ],
  [
    /field: ?head|head.*invalid|invalid.*head/i,
    "GitHub does not see the pushed branch yet, or the fork belongs to another repository.",
    "Land again in a moment.",
  ],
  [/too long/i, "The title or the text is longer than GitHub takes.", "Shorten it."],
  [
    /fork/i,
    "GitHub did not make a fork of this repository.",
    "Ask for the right to push there, or fork it by hand into this token’s account.",
  ],
];

function explainUnprocessable(
  doing: string,
  said: string,
  make: (code: "unprocessable", message: string, remedy: string) => LandingError,
): LandingError {
  const known = UNPROCESSABLE.find(([pattern]) => pattern.test(said));
  return known === undefined
    ? make("unprocessable", `GitHub refused to ${doing} (${said}).`, "Change what it names, then land again.")
    : make("unprocessable", known[1], known[2]);
}

/** `message` and the list of `errors`, each either a text or an object with field, code and message. */
export function saidBy({ response, message }: RequestFailure): string {
  const data = response?.data;
  if (typeof data !== "object" || data === null) return message.slice(0, 300);
  const parts: string[] = "message" in data && typeof data.message === "string" ? [data.message] : [];
  const errors = "errors" in data && Array.isArray(data.errors) ? (data.errors as unknown[]) : [];
  for (const one of errors) {
    if (typeof one === "string") parts.push(one);
    else if (typeof one === "object" && one !== null)
      parts.push(
        Object.entries(one)
          .map(([key, value]) => `${key}: ${String(value)}`)
          .join(", "),
      );
  }
  return parts.join("; ").slice(0, 500);
}

function isRateLimit({ status, response }: RequestFailure, said: string): boolean {
  if (status !== 403 && status !== 429) return false;
  return status === 429 || response?.headers?.["x-ratelimit-remaining"] === "0" || /rate limit/i.test(said);
}

function until({ response }: RequestFailure): string {
  const reset = Number(response?.headers?.["x-ratelimit-reset"]);
  return Number.isFinite(reset) && reset > 0 ? ` until ${new Date(reset * 1_000).toISOString().slice(0, 16).replace("T", " ")} UTC` : "";
}
