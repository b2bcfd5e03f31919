/** How Monaco's marks beside the lines look: its own class names hold no punctuation, so the page's classes come from around it. */
export const COMMENT_LOOK = [
  "[&_.comment-add]:cursor-pointer [&_.comment-add]:after:absolute [&_.comment-add]:after:inset-px [&_.comment-add]:after:z-10",
  "[&_.comment-add]:after:grid [&_.comment-add]:after:place-items-center [&_.comment-add]:after:rounded-[3px]",
  "[&_.comment-add]:after:bg-primary [&_.comment-add]:after:font-sans [&_.comment-add]:after:font-semibold",
  "[&_.comment-add]:after:text-[13px] [&_.comment-add]:after:text-on-primary [&_.comment-add]:after:leading-none [&_.comment-add]:after:content-['+']",
  "[&_.comment-here]:after:absolute [&_.comment-here]:after:top-[5px] [&_.comment-here]:after:left-[5px] [&_.comment-here]:after:size-[9px]",
  "[&_.comment-here]:after:rounded-full [&_.comment-here]:after:bg-(--a) [&_.comment-here]:after:content-['']",
].join(" ");
