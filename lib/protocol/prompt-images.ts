import { z } from "zod";
import { imageTypeOf, MAX_IMAGE_BYTES, MAX_IMAGES } from "../run/prompt-images";

/** Characters of base64 for the largest picture. */
const MAX_BASE64 = Math.ceil(MAX_IMAGE_BYTES / 3) * 4;
/** Enough of the beginning to tell what it is. */
const HEAD_CHARACTERS = 32;
const TYPES = "Must be a PNG, JPEG, GIF or WebP picture";

/** Pictures of a prompt as they are sent with `POST /runs`. What they are is told by their first bytes, not by a name. */
export const imageUploadsSchema = z
  .array(
    z.strictObject({
      data: z
        .string()
        .min(1, `${TYPES}; this one is empty.`)
        .max(MAX_BASE64, "May have 5 MB at most: make the picture smaller.")
        .regex(/^[A-Za-z0-9+/]*={0,2}$/, "Must be base64, without a data: prefix.")
        .refine((data) => data.length % 4 === 0, "Must be base64 with its padding.")
        .refine((data) => imageTypeOf(headOf(data)) !== undefined, `${TYPES}; the first bytes say that it is none.`)
        .meta({ contentEncoding: "base64" }),
    }),
  )
  .max(MAX_IMAGES, `May be ${MAX_IMAGES} at most.`);
export type ImageUpload = z.infer<typeof imageUploadsSchema>[number];

function headOf(data: string): Uint8Array {
  try {
    return Uint8Array.from(atob(data.slice(0, HEAD_CHARACTERS)), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** `GET /runs/{id}/images/{index}`; from 0. */
export const imageIndexSchema = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_IMAGES - 1);
