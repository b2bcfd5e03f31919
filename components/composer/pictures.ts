import { imageTypeOf, MAX_IMAGE_BYTES, MAX_IMAGES, type PromptImageType } from "@/lib/run/prompt-images";

/** A picture of the prompt that is not sent yet. */
export interface Picture {
  id: string;
  name: string;
  type: PromptImageType;
  bytes: number;
  /** Base64. */
  data: string;
}

const DATABASE = "aideator";
const STORE = "draft";
const KEY = "pictures";

/** By its first bytes; or why it cannot be taken. `taken`: how many there are already. */
export async function readPicture(file: File, taken: number): Promise<Picture | { refusal: string }> {
  if (taken >= MAX_IMAGES) return { refusal: `${file.name} was left out: a prompt may have ${MAX_IMAGES} pictures.` };
  if (file.size > MAX_IMAGE_BYTES) {
    return { refusal: `${file.name} has ${(file.size / 1024 / 1024).toFixed(1)} MB, and a picture may have 5 MB: make it smaller.` };
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const type = imageTypeOf(bytes);
  if (type === undefined) return { refusal: `${file.name} is no PNG, JPEG, GIF or WebP picture: save it as one of these.` };
  return { id: newId(), name: file.name, type, bytes: bytes.length, data: base64(bytes) };
}

/** True for what a person means as a picture, whatever is in it. */
export function looksLikePicture(file: { type: string; name: string }): boolean {
  return file.type.startsWith("image/") || /\.(png|jpe?g|gif|webp|svg|bmp|heic|avif|tiff?)$/i.test(file.name);
}

function base64(bytes: Uint8Array): string {
  // In parts: a call takes only so many arguments.
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Not `randomUUID`: that one is missing on plain http addresses other than localhost. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Too large for localStorage: kept in the browser's database, so that a reload loses nothing. */
export async function keepPictures(pictures: Picture[]): Promise<void> {
  await inStore("readwrite", (store) => store.put(pictures, KEY)).catch(() => undefined);
}

/** What was kept; nothing where the browser keeps nothing. */
export async function readPictures(): Promise<Picture[]> {
  const kept = await inStore("readonly", (store) => store.get(KEY)).catch(() => undefined);
  return Array.isArray(kept) ? (kept as Picture[]) : [];
}

function inStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(new Error("this browser keeps nothing"));
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
      transaction.onabort = () => reject(new Error("this browser keeps nothing"));
    };
  });
}
