import { describe, expect, it } from "vitest";
import { errorLine, readUploadPackRequest } from "./upload-pack-request";

const line = (text: string): string => (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
const [one, two] = ["1".repeat(40), "ab".repeat(20)];
const read = (text: string, protocol: 0 | 1 | 2) => readUploadPackRequest(Buffer.from(text, "latin1"), protocol);

describe("a request to upload-pack", () => {
  it("wants what it says, wherever it says it, in any case", () => {
    const old = `${line(`want ${one} multi_ack thin-pack\n`)}${line(`want ${two.toUpperCase()}\n`)}0000${line(`have ${two}\n`)}${line("done\n")}`;
    expect(read(old, 0)).toEqual({ wants: [one, two] });
    const late = `${line("command=fetch")}0001${line(`have ${two}`)}${line(`want ${one}`)}0000${line(`want ${two}\n`)}`;
    expect(read(late, 2)).toEqual({ wants: [one, two] });
    expect(read("", 0)).toEqual({ wants: [] });
    expect(read("0000", 2)).toEqual({ wants: [] });
  });

  it.each([
    ["zzzz", 0],
    ["0003", 0],
    ["00", 0],
    ["0032want 1", 0],
    [line("want 123\n"), 0],
    [line("want-ref refs/heads/a\n").slice(0, -1), 2],
    [`${line("command=object-info")}0000`, 2],
    [`${line("command=fetch")}${line("command=ls-refs")}0000`, 2],
    [`${line(`want ${one}`)}0000`, 2],
  ] as const)("is refused as %j in protocol %d", (text, protocol) => {
    expect(read(text, protocol).refusal).toBeTypeOf("string");
  });

  it("cut at any byte never hides a want that git would see", () => {
    const whole = `${line(`want ${one}`)}${line(`want ${two}`)}0000`;
    for (let cut = 0; cut < whole.length; cut += 1) {
      const { wants, refusal } = read(whole.slice(0, cut), 0);
      if (refusal === undefined) expect(wants).toEqual([one, two].slice(0, Math.floor(cut / 49)));
    }
  });

  it("is answered with an error that git understands", () => expect(errorLine("no").toString()).toBe("000bERR no\n"));
});
