const COMMON = new Set(
  (
    "about above after again also another because been before being below between both could does doing down each every file files from " +
    "further have having here into just like make more most must need once only other over please same should some such test tests than " +
    "that their them then there these they this those through under until using very want were what when where which while will with " +
    "without would your yours"
  ).split(" "),
);

/** Up to `most` words of a prompt that are worth searching for, the longest first; only letters and digits, so safe in any pattern. */
export function chooseWords(prompt: string, most: number): string[] {
  const words = prompt.match(/[\p{L}\p{N}]{4,30}/gu) ?? [];
  const telling = [...new Set(words.map((word) => word.toLowerCase()))].filter((word) => !COMMON.has(word) && !/^\d+$/.test(word));
  // Where two are equally long, the one that was said first.
  return telling.sort((one, other) => other.length - one.length).slice(0, most);
}
