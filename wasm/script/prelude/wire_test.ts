import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import { STREAM_PIECE_BYTES as PIECE_BYTES } from "../../core/limits.ts";
import {
  callbackIn,
  callbackMark,
  type Incoming,
  mayBeObject,
  readMessage,
  ValueReader,
  writeCall,
  writeCallback,
  writeErr,
  writeOk,
  writeValue,
} from "./wire.ts";

const REQUEST = {
  ...{ type: "request", op: "add", args: [2, 3] as unknown[] } as const,
  ...{ from: "7", ref: 1, isStream: false },
};

/** Text of a message, and what it is. */
// deno-fmt-ignore
const READ: readonly (readonly [string, Incoming])[] = [
  ['{"op":"add","args":[2,3],"from":"7","ref":1}', REQUEST],
  ['{"op":"add","args":[2,3],"from":"7"}', { ...REQUEST, ref: undefined }],
  ['{"op":"add","args":[2,3],"from":"7","ref":1,"stream":true}', { ...REQUEST, isStream: true }],
  ['{"op":"add","args":[2,3],"from":"7","ref":1,"stream":1}', REQUEST],
  ['{"op":"add","from":"18446744073709551615","ref":0}', { ...REQUEST, args: [], from: "18446744073709551615", ref: 0 }],
  ['{"op":"add","args":[2,3],"from":"18446744073709551616","ref":1}', { ...REQUEST, from: undefined }],
  ['{"op":"add","args":[2,3],"from":"-7","ref":1}', { ...REQUEST, from: undefined }],
  ['{"op":"add","args":[2,3],"from":7,"ref":1}', { ...REQUEST, from: undefined }],
  ['{"op":"add","args":[2,3],"ref":1,"ok":5}', { ...REQUEST, from: undefined }],
  ['{"op":"add","args":{"length":1},"ref":1}', { type: "other" }],
  ['{"op":"add","args":[],"ref":"1"}', { type: "other" }],
  ['{"op":"add","args":[],"ref":null}', { type: "other" }],
  ['\n {"ref":1,"ok":5}', { type: "reply", ref: 1, outcome: { ok: 5 } }],
  ['{"ref":1,"ok":null}', { type: "reply", ref: 1, outcome: { ok: null } }],
  ['{"ref":1,"ok":5,"err":"both"}', { type: "reply", ref: 1, outcome: { ok: 5 } }],
  ['{"ref":1,"err":"no"}', { type: "reply", ref: 1, outcome: { err: "no" } }],
  ['{"ref":1,"err":{}}', { type: "other" }],
  ['{"ref":1}', { type: "other" }],
  ['{"ref":"1","ok":5}', { type: "other" }],
  ['{"op":"__cb","cbref":4,"args":["x"]}', { type: "callback", id: 4, args: ["x"] }],
  ['{"op":"__cb","args":["x"]}', { type: "other" }],
  ['{"__down":"7","reason":"crashed"}', { type: "down", pid: "7", reason: "crashed" }],
  ['{"__down":7,"reason":"crashed"}', { type: "other" }],
  ['{"__down":"7"}', { type: "other" }],
  ['{"op":', { type: "other" }],
  ["[]", { type: "other" }],
  ["null", { type: "other" }],
  ["", { type: "other" }],
];

for (const [text, incoming] of READ) {
  Deno.test(`readMessage() takes ${text.trim() || "nothing"} as ${incoming.type}`, () => {
    deepStrictEqual(readMessage(text), incoming);
  });
}

const encoder = new TextEncoder();

Deno.test("mayBeObject() is false of no message that readMessage() knows", () => {
  for (const [text, { type }] of READ) {
    for (const message of [text, encoder.encode(text)]) {
      ok(mayBeObject(message) || type === "other", text);
    }
  }
});

for (
  const text of ["", "\x00", "x{", "[{}]", "\x00{".slice(1) && '"{"', "\u00ff"]
) {
  Deno.test(`mayBeObject() is false of ${JSON.stringify(text)}`, () => {
    strictEqual(mayBeObject(text), false);
    strictEqual(mayBeObject(encoder.encode(text)), false);
  });
}

Deno.test("readMessage() never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    strictEqual(typeof readMessage(`{${text}`).type, "string");
  }));
  fc.assert(fc.property(fc.json(), (json) => {
    strictEqual(typeof readMessage(json).type, "string");
  }));
});

Deno.test("what is written is the wire, to the byte", () => {
  const call = { op: "add", args: [2, 3], from: "7" };
  deepStrictEqual([
    writeCall({ ...call, ref: 1 }),
    writeCall(call),
    writeCall({ ...call, args: [callbackMark(4)], ref: 1, isStream: true }),
    writeOk(1, 5),
    writeOk(1, undefined),
    writeErr(3, "no such function: nope"),
    writeCallback(4, ["x"]),
    writeValue(undefined),
  ], [
    '{"op":"add","args":[2,3],"from":"7","ref":1}',
    '{"op":"add","args":[2,3],"from":"7"}',
    '{"op":"add","args":[{"__cb":4}],"from":"7","ref":1,"stream":true}',
    '{"ref":1,"ok":5}',
    '{"ref":1,"ok":null}',
    '{"ref":3,"err":"no such function: nope"}',
    '{"op":"__cb","cbref":4,"args":["x"]}',
    "null",
  ]);
});

Deno.test("what is written is read as it was, whatever it is", () => {
  fc.assert(fc.property(fc.array(fc.jsonValue()), fc.nat(), (args, ref) => {
    const call = { op: "f", args, from: "7", ref };
    const read = readMessage(writeCall(call));
    const copy = JSON.parse(JSON.stringify(args));
    deepStrictEqual(read, {
      ...{ type: "request", isStream: false, ...call, args: copy },
    });
    deepStrictEqual(readMessage(writeOk(ref, args)), {
      ...{ type: "reply", ref, outcome: { ok: copy } },
    });
  }));
});

for (const value of [1n, [1n]]) {
  Deno.test(`writeOk() throws when there is no JSON of ${typeof value}`, () => {
    throws(() => writeOk(1, value), TypeError);
  });
}

Deno.test("callbackIn() finds a callback, and nothing else", () => {
  const args = [callbackMark(0), { __cb: "1" }, null, undefined, 4, "__cb"];
  deepStrictEqual(args.map(callbackIn), [0, ...Array(5).fill(undefined)]);
});

function valuesOf(bytes: Uint8Array): unknown[] {
  const reader = new ValueReader((bytes) => new TextDecoder().decode(bytes));
  const values: unknown[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const read = reader.read(bytes.subarray(at, at + PIECE_BYTES));
    if (read !== undefined) values.push(read.value);
  }
  return values;
}

/** Lengths of a text around those at which it is cut. */
const LENGTHS = [0, 1, PIECE_BYTES - 3, PIECE_BYTES - 2, PIECE_BYTES - 1]
  .concat([2 * PIECE_BYTES - 2, 3 * PIECE_BYTES, 100_001]);

for (const length of LENGTHS) {
  Deno.test(`ValueReader puts together what was cut of ${length} characters`, () => {
    for (const letter of ["a", "}", '"', "é", "😀"]) {
      const text = letter.repeat(length);
      for (const value of [text, [text], { text }]) {
        const bytes = new TextEncoder().encode(JSON.stringify(value));
        deepStrictEqual(valuesOf(bytes), [value]);
      }
    }
  });
}

for (const text of ["{", "", "nope"]) {
  Deno.test(`ValueReader.read() throws at ${text || "nothing"}, which is no value`, () => {
    const reader = new ValueReader((bytes) => new TextDecoder().decode(bytes));
    throws(() => reader.read(new TextEncoder().encode(text)), SyntaxError);
  });
}
