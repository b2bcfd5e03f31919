// Makes the icons in public/ from public/favicon.svg, in the browser that the tests use: node scripts/icons.mjs [path of a Chromium]
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "@playwright/test";

const svg = await readFile("public/favicon.svg", "utf8");
const ground = /fill="(#[0-9a-f]{6})"/.exec(svg)[1];

/** `inset`: the share of each side that a platform may cut off, painted in the ground's colour. */
const icons = [
  { file: "icon-180.png", size: 180, inset: 0.08, square: true },
  { file: "icon-192.png", size: 192, inset: 0, square: false },
  { file: "icon-512.png", size: 512, inset: 0, square: false },
  { file: "icon-maskable-512.png", size: 512, inset: 0.14, square: true },
];

const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();

async function draw(size, inset, square) {
  await page.setViewportSize({ width: size, height: size });
  const edge = Math.round(size * inset);
  const style = `body{margin:0;background:${square ? ground : "transparent"}}svg{display:block;margin:${edge}px;width:${size - 2 * edge}px}`;
  await page.setContent(`<style>${style}</style>${svg}`);
  return page.screenshot({ omitBackground: !square });
}

for (const { file, size, inset, square } of icons) await writeFile(`public/${file}`, await draw(size, inset, square));
// An ICO file may hold a PNG as it is: a header of 6 bytes, an entry of 16.
const png = await draw(32, 0, false);
const head = Buffer.alloc(22);
head.writeUInt16LE(1, 2);
head.writeUInt16LE(1, 4);
head.writeUInt8(32, 6);
head.writeUInt8(32, 7);
head.writeUInt16LE(1, 10);
head.writeUInt16LE(32, 12);
head.writeUInt32LE(png.length, 14);
head.writeUInt32LE(head.length, 18);
await writeFile("public/favicon.ico", Buffer.concat([head, png]));
await browser.close();
