/** Apart from the schemas, which pages do without. */

/** How many variations a run has whose request says nothing of it. */
export const DEFAULT_VARIATIONS = 3;
/** Most files in one page of a diff. */
export const MAX_DIFF_PAGE = 10_000;
/** `Authorization: AideatorLocal <token>`. */
export const LOCAL_TOKEN_SCHEME = "AideatorLocal";
/** Characters of a prompt. */
export const MAX_PROMPT_LENGTH = 32_000;
/** Comments of one message. */
export const MAX_COMMENTS = 50;

/** Characters of a composition's name. */
export const MAX_COMPOSITION_NAME = 100;
/** Characters of a text that was edited by hand. */
export const MAX_EDITED_TEXT = 2_000_000;
/** Characters that a person may add to what an agent is told that fits a composition together. */
export const MAX_FIT_WISH = 4_000;
