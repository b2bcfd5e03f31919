import { expect, it } from "vitest";
import { signInProblem } from "./sign-in-problem";

it.each([
  [undefined, 0, undefined],
  ["CredentialsSignin", 0, "This is not the server's access token."],
  ["CredentialsSignin", 4, "This is not the server's access token. Try again in 4 s."],
  ["TooManyAttempts", 300, "Too many wrong tokens came from your address. Try again in 5 minutes."],
  ["TooManyAttempts", 0, "Too many wrong tokens came from your address. You can try again now."],
])("says %s with %i s to wait as %s", (code, waitS, words) => {
  expect(signInProblem(code, waitS)).toBe(words);
});

it("never repeats what an address says", () => {
  expect(signInProblem("<b>Call 555-0100</b>", 0)).toMatch(/^Signing in did not work/);
});
