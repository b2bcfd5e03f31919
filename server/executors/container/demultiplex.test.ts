import { expect, it } from "vitest";
import { createDemultiplexer } from "./demultiplex";

function frame(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

it("tells the outputs apart, wherever the stream is cut", () => {
  const whole = Buffer.concat([frame(1, "one\n"), frame(2, "no\n"), frame(1, ""), frame(1, "two €\n")]);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const demultiplex = createDemultiplexer();
    const pieces = [...demultiplex(whole.subarray(0, cut)), ...demultiplex(whole.subarray(cut))];
    const text = (stream: string): string =>
      Buffer.concat(pieces.filter((piece) => piece.stream === stream).map(({ chunk }) => chunk)).toString("utf8");
    expect([text("stdout"), text("stderr")]).toEqual(["one\ntwo €\n", "no\n"]);
  }
});
