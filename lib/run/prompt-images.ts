/** What a picture in a prompt may be: what the Messages API takes, in its own words. */
export const promptImageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
export type PromptImageType = (typeof promptImageTypes)[number];

/** Bytes of one picture, before base64. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
export const MAX_IMAGES = 8;

const RIFF = [0x52, 0x49, 0x46, 0x46];
const signatures: readonly {
  type: PromptImageType;
  at: number;
  bytes: readonly number[];
  also?: { at: number; bytes: readonly number[] };
}[] = [
  { type: "image/png", at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: "image/gif", at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { type: "image/webp", at: 0, bytes: RIFF, also: { at: 8, bytes: [0x57, 0x45, 0x42, 0x50] } },
];

/** The type by a file's first bytes, which names and headers cannot pretend; undefined for anything else. */
export function imageTypeOf(bytes: Uint8Array): PromptImageType | undefined {
  const has = ({ at, bytes: wanted }: { at: number; bytes: readonly number[] }): boolean =>
    wanted.every((byte, index) => bytes[at + index] === byte);
  return signatures.find((signature) => has(signature) && (signature.also === undefined || has(signature.also)))?.type;
}
