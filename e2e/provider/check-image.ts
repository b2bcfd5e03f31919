import { isObject, type JsonObject } from "./json";
import type { ModelRules } from "./model-rules";
import { invalid } from "./refusal";

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_PIXELS = 8_000;
const TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/** Size, type by content, and a PNG's dimensions. */
export function checkImage(block: JsonObject, where: string, { images }: ModelRules): void {
  if (!images) throw invalid("messages: this model does not support image input");
  const { source } = block;
  if (!isObject(source) || source.type !== "base64")
    throw invalid(`${where}: Input tag found using 'type' does not match any of the expected tags`);
  const { media_type: type, data } = source;
  if (typeof type !== "string" || !TYPES.includes(type))
    throw invalid(`${where}.base64.media_type: Input should be ${TYPES.map((name) => `'${name}'`).join(", ")}`);
  if (typeof data !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) throw invalid(`${where}.base64.data: Invalid base64 data`);
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > MAX_BYTES) throw invalid(`${where}.base64: image exceeds 5 MB maximum: ${bytes.length} bytes > ${MAX_BYTES} bytes`);
  const actual = sniff(bytes);
  if (actual === undefined) throw invalid("Could not process image");
  if (actual !== type)
    throw invalid(
      `${where}.base64.data: The image was specified using the ${type} media type, but the image appears to be a ${actual} image`,
    );
  if (actual === "image/png" && Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20)) > MAX_PIXELS) {
    throw invalid(`${where}.base64.data: At least one of the image dimensions exceed max allowed size: ${MAX_PIXELS} pixels`);
  }
}

function sniff(bytes: Buffer): string | undefined {
  if (bytes.length < 24) return undefined;
  if (bytes.toString("latin1", 1, 4) === "PNG") return "image/png";
  if (bytes.readUInt16BE(0) === 0xffd8) return "image/jpeg";
  if (bytes.toString("latin1", 0, 3) === "GIF") return "image/gif";
  return bytes.toString("latin1", 8, 12) === "WEBP" ? "image/webp" : undefined;
}
