/** What git's own rules for names refuse (git-check-ref-format), and a dash in front, which git would take for an option. */
const WRONG_REF = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock(\/|$)|\/\.|^@$/;
const MAX_LENGTH = 250;

export const NO_BASE_REF = "This is no name of a branch, tag or commit.";

/** True for what may name a branch, tag or commit to start from; whether there is one is the repository's word. */
export function isBaseRef(text: string): boolean {
  return text !== "" && text.length <= MAX_LENGTH && !WRONG_REF.test(text);
}
