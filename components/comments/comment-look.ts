/** How Monaco's marks beside the lines look: its own class names hold no punctuation, so the page's classes come from around it. */
export const COMMENT_LOOK = [
  "[&_.comment-add]:cursor-pointer [&_.comment-add]:after:absolute [&_.comment-add]:after:inset-px [&_.comment-add]:after:z-10",
  "[&_.comment-add]:after:grid [&_.comment-add]:after:place-items-center [&_.comment-add]:after:rounded-[3px]",
  "[&_.comment-add]:after:bg-primary [&_.comment-add]:after:font-sans [&_.comment-add]:after:font-semibold",
  "[&_.comment-add]:after:text-[13px] [&_.comment-add]:after:text-on-primary [&_.comment-add]:after:leading-none [&_.comment-add]:after:content-['+']",
  "[&_.comment-here]:after:absolute [&_.comment-here]:after:inset-y-0 [&_.comment-here]:after:right-0 [&_.comment-here]:after:w-[2px]",
  "[&_.comment-here]:after:bg-(--a) [&_.comment-here]:after:content-['']",
  // Between the lines it is the page's, not the editor's: the editor selects no text there, and has colours of its own.
  "[&_.comment-zone]:cursor-auto [&_.comment-zone]:select-text",
].join(" ");
