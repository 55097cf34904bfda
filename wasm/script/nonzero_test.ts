import { deepStrictEqual, strictEqual } from "node:assert";
import { assemble } from "../testdata/wat.ts";
import { BLOCK_BYTES, linkNonzero, nonzeroModule } from "./nonzero.ts";

Deno.test("nonzeroModule() is the text in its comment, to the byte", async () => {
  const url = new URL("nonzero.ts", import.meta.url);
  const [, text] = (await Deno.readTextFile(url)).match(
    /```wat\n([^]*?) \* ```/,
  )!;
  const uncommented = text!.replaceAll(/^ \* /gm, "");
  deepStrictEqual(nonzeroModule(), await assemble(uncommented));
});

const PAGE = 65_536;

// deno-fmt-ignore
const ROWS: [what: string, written: number[], from: number, end: number, found: number][] = [
  ["the end where there is nothing", [], 0, PAGE, PAGE],
  ["the first block", [0], 0, PAGE, 0],
  ["the block of its last byte", [BLOCK_BYTES - 1], 0, PAGE, 0],
  ["the last block of the memory", [PAGE - 1], 0, PAGE, PAGE - BLOCK_BYTES],
  ["the first of several", [200, 700], 0, PAGE, 128],
  ["nothing before where it begins", [200], 256, PAGE, PAGE],
  ["nothing from its end on", [200], 0, 128, 128],
  ["nothing in nothing", [0], 0, 0, 0],
];

for (const [what, written, from, end, found] of ROWS) {
  Deno.test(`linkNonzero() finds ${what}`, () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const bytes = new Uint8Array(memory.buffer);
    for (const at of written) bytes[at] = 1;
    strictEqual(linkNonzero(memory)(from, end), found);
  });
}

Deno.test("linkNonzero() sees each byte of a block", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = new Uint8Array(memory.buffer);
  const nonzero = linkNonzero(memory);
  for (let at = 0; at < BLOCK_BYTES; at++) {
    bytes[BLOCK_BYTES + at] = 1;
    strictEqual(nonzero(0, PAGE), BLOCK_BYTES, `byte ${at}`);
    bytes[BLOCK_BYTES + at] = 0;
  }
});
