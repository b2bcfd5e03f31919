/** Of fields in which something is typed. */
export const fieldLook =
  "w-full rounded-md border border-line-strong bg-bg px-2.5 text-[16px] text-text placeholder:text-faint sm:text-body";
