/** What to tell a person after a sign-in that did not work: `code` as next-auth names it. `waitS`: seconds until the next try counts. */
export function signInProblem(code: string | undefined, waitS: number): string | undefined {
  const wait = waitS > 0 ? ` Try again in ${waitS < 90 ? `${waitS} s` : `${Math.ceil(waitS / 60)} minutes`}.` : "";
  switch (code) {
    case undefined:
      return undefined;
    case "CredentialsSignin":
      return `This is not the server's access token.${wait}`;
    case "TooManyAttempts":
      return `Too many wrong tokens came from your address.${wait === "" ? " You can try again now." : wait}`;
    case "NoCookies":
      return "Your browser keeps no cookies for this site. Allow them, then reload this page.";
    default:
      return "Signing in did not work. Try again; if it stays like this, the server's log says why.";
  }
}
