const HEADER_BYTES = 8;

export interface OutputPiece {
  stream: "stdout" | "stderr";
  chunk: Buffer;
}

/**
 * An attached container's stream → its two outputs. Each frame has a header of eight bytes, `[stream, 0, 0, 0, length as 32 bits big-endian]`,
 * stream 1 standard output and 2 standard error (Engine API, "Attach to a container"). A frame's content is passed on as it comes, so that
 * nothing is kept but a header.
 */
export function createDemultiplexer(): (chunk: Buffer) => OutputPiece[] {
  let header = Buffer.alloc(0);
  let stream: OutputPiece["stream"] = "stdout";
  let left = 0;
  return (chunk) => {
    const pieces: OutputPiece[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        pieces.push({ stream, chunk: piece });
        left -= piece.length;
        at += piece.length;
        continue;
      }
      const more = chunk.subarray(at, at + HEADER_BYTES - header.length);
      header = Buffer.concat([header, more]);
      at += more.length;
      if (header.length < HEADER_BYTES) break;
      stream = header[0] === 2 ? "stderr" : "stdout";
      left = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
    return pieces;
  };
}
