import { deepStrictEqual, strictEqual, throws } from "node:assert";

import { PATH_BYTES_MAX } from "../files/limits.ts";
import { BUFFERS_MAX } from "./limits.ts";
import { GuestMemory } from "./memory.ts";

const PAGE = 65_536;

function pages(count: number): [GuestMemory, WebAssembly.Memory] {
  const memory = new WebAssembly.Memory({ initial: count });
  return [new GuestMemory(() => memory.buffer as ArrayBuffer), memory];
}

function refused(errno: string): { message: string } {
  return { message: `Cannot do the call: ${errno}` };
}

// deno-fmt-ignore
const OUTSIDE: readonly [pointer: number, length: number][] = [
  [PAGE - 3, 4], [PAGE, 1], [-1, 1], [-4, 4], [0, PAGE + 1], [1, -1], [-1, -1],
];

for (const [pointer, length] of OUTSIDE) {
  Deno.test(`bytes() ${pointer} ${length} is outside of one page`, () => {
    const [memory] = pages(1);
    throws(() => memory.bytes(pointer, length), refused("EFAULT"));
  });
}

Deno.test("every number ends at the last byte, and none goes past it", () => {
  const [memory] = pages(1);
  memory.setU8(PAGE - 1, 1);
  memory.setU16(PAGE - 2, 2);
  memory.setU32(PAGE - 4, 3);
  memory.setU64(PAGE - 8, 4n);
  strictEqual(memory.u64(PAGE - 8), 4n);
  strictEqual(memory.u32(PAGE - 8), 4);
  strictEqual(memory.u16(PAGE - 8), 4);
  strictEqual(memory.u8(PAGE - 8), 4);
  throws(() => memory.setU8(PAGE, 1), refused("EFAULT"));
  throws(() => memory.setU16(PAGE - 1, 1), refused("EFAULT"));
  throws(() => memory.setU32(PAGE - 3, 1), refused("EFAULT"));
  throws(() => memory.setU64(PAGE - 7, 1n), refused("EFAULT"));
  throws(() => memory.u8(PAGE), refused("EFAULT"));
  throws(() => memory.u16(PAGE - 1), refused("EFAULT"));
  throws(() => memory.u32(PAGE - 3), refused("EFAULT"));
  throws(() => memory.u64(PAGE - 7), refused("EFAULT"));
});

Deno.test("setU32() writes in the memory as it is after it grew", () => {
  const [memory, grown] = pages(1);
  memory.setU32(0, 1);
  grown.grow(1);
  memory.setU32(PAGE + 4, 7);
  strictEqual(new DataView(grown.buffer).getUint32(PAGE + 4, true), 7);
});

// deno-fmt-ignore
const PATHS: readonly [bytes: number[], length: number, errno: string][] = [
  [[0xff, 0xfe], 2,                  "EILSEQ"],
  [[0x61, 0x00], 2,                  "EINVAL"],
  [[],           PATH_BYTES_MAX + 1, "ENAMETOOLONG"],
  [[],           -1,                 "ENAMETOOLONG"],
];

for (const [bytes, length, errno] of PATHS) {
  Deno.test(`path() of ${bytes}, ${length} bytes, is ${errno}`, () => {
    const [memory] = pages(1);
    memory.bytes(16, bytes.length).set(bytes);
    throws(() => memory.path(16, length), refused(errno));
  });
}

Deno.test("path() keeps a byte order mark, which is part of a name", () => {
  const [memory] = pages(1);
  memory.bytes(0, 4).set([0xef, 0xbb, 0xbf, 0x61]);
  strictEqual(memory.path(0, 4), "\ufeffa");
});

Deno.test("buffers() leaves out the empty ones and cuts at the bound", () => {
  const [memory] = pages(1);
  const lengths = [3, 0, 4, 5];
  for (const [index, length] of lengths.entries()) {
    memory.setU32(index * 8, 100);
    memory.setU32(index * 8 + 4, length);
  }
  const sizes = (bytesMax: number) =>
    memory.buffers(0, lengths.length, bytesMax).map((one) => one.length);
  deepStrictEqual(sizes(100), [3, 4, 5]);
  deepStrictEqual(sizes(5), [3, 2]);
  deepStrictEqual(sizes(7), [3, 4]);
});

Deno.test("buffers() refuses more than the bound, and arrays that lie outside", () => {
  const [memory] = pages(1);
  throws(() => memory.buffers(0, BUFFERS_MAX + 1, 1), refused("EINVAL"));
  throws(() => memory.buffers(0, -1, 1), refused("EINVAL"));
  throws(() => memory.buffers(PAGE - 8, 2, 1), refused("EFAULT"));
  memory.setU32(4, PAGE + 1);
  throws(() => memory.buffers(0, 1, 1), refused("EFAULT"));
});
