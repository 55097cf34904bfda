import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("structuredClone()", {
  "copies blobs, files and keys": async () => {
    const key = await crypto.subtle.generateKey(
      { name: "AES-GCM", length: 128 },
      true,
      ["encrypt"],
    );
    const file = new File(["x"], "n", { type: "a/b", lastModified: 5 });
    const copies = structuredClone({ key, file, blob: new Blob(["y"]) });
    return [
      ...[copies.file.name, copies.file.lastModified, copies.file.type],
      ...[await copies.file.text(), await copies.blob.text()],
      ...[copies.key.type, copies.key.usages, copies.key === key],
      copies.file === file,
    ];
  },
  "needs a value": () => (structuredClone as () => unknown)(),
  "copies primitives": () =>
    [1, "a", null, undefined, true, 1n, NaN, -0].map((value) =>
      structuredClone(value)
    ),
  "copies plain data": () =>
    structuredClone({ a: [1, { b: "c" }], 1: undefined }),
  "copies arrays with holes": () => {
    const copy = structuredClone([1, , 3]);
    return [copy.length, 1 in copy];
  },
  "copies properties of arrays": () =>
    Object.entries(structuredClone(Object.assign([1], { x: 2 }))),
  "copies maps and sets": () =>
    structuredClone(new Map<unknown, unknown>([[{ a: 1 }, new Set([1, [2]])]])),
  "copies dates":
    () => [structuredClone(new Date(7)), structuredClone(new Date(NaN))],
  "copies expressions": () => {
    const expression = /a+/gi;
    expression.lastIndex = 2;
    const copy = structuredClone(expression);
    return [copy, copy.lastIndex];
  },
  "copies boxed primitives": () =>
    [1, "a", true, 1n].map((value) =>
      typeof structuredClone(Object(value)).valueOf()
    ),
  "copies buffers": () => {
    const buffer = new Uint8Array([1, 2]).buffer;
    const copy = structuredClone(buffer);
    return [copy, copy === buffer];
  },
  "copies views of one buffer to views of one copy": () => {
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    const [bytes, words, view] = structuredClone(
      [
        new Uint8Array(buffer, 1, 2),
        new Uint16Array(buffer),
        new DataView(buffer, 3),
      ] as const,
    );
    words[0] = 0x0909;
    return [
      bytes,
      words,
      view.getUint8(0),
      view.byteOffset,
      bytes.buffer === words.buffer,
    ];
  },
  "copies typed arrays of all kinds": () =>
    [Int8Array, Uint8ClampedArray, Float64Array, BigInt64Array, Float16Array]
      .map((Kind) => structuredClone(new Kind(2))),
  "copies cycles": () => {
    const node: { self?: unknown; list: unknown[] } = { list: [] };
    node.self = node;
    node.list.push(node.list, new Map([[node, node]]));
    const copy = structuredClone(node);
    return [
      copy !== node,
      copy.self === copy,
      copy.list[0] === copy.list,
      (copy.list[1] as Map<unknown, unknown>).get(copy) === copy,
    ];
  },
  "keeps what is one object one": () => {
    const shared = {};
    const [a, b] = structuredClone([shared, shared]);
    return a === b;
  },
  "copies errors": () => {
    const copy = structuredClone(new RangeError("no", { cause: { a: 1 } }));
    return [
      copy,
      copy.cause,
      copy instanceof RangeError,
      typeof copy.stack,
      Object.keys(copy),
    ];
  },
  "copies errors of other classes as Error": () => {
    class Mine extends Error {
      override name = "Mine";
    }
    return [
      structuredClone(new Mine("x")),
      structuredClone(new AggregateError([], "y")),
    ];
  },
  "copies instances as plain objects": () => {
    class Point {
      x = 1;
      get y() {
        return 2;
      }
    }
    const copy = structuredClone(new Point());
    return [copy, copy instanceof Point];
  },
  "copies what getters give": () =>
    structuredClone({
      get a() {
        return 1;
      },
    }),
  "copies no symbols and no hidden properties": () =>
    structuredClone(
      Object.defineProperty({ [Symbol()]: 1 }, "x", { value: 1 }),
    ),
  "copies a property named __proto__": () =>
    Object.getOwnPropertyNames(
      structuredClone(JSON.parse('{"__proto__": {"x": 1}}')),
    ),
  "copies a frozen object to one that is not": () =>
    Object.isFrozen(structuredClone(Object.freeze({}))),
  "refuses functions": () => structuredClone({ a: () => {} }),
  "refuses symbols": () => structuredClone([Symbol("x")]),
  "refuses promises": () => structuredClone(Promise.resolve()),
  "refuses weak maps": () => structuredClone(new WeakMap()),
  "refuses weak sets": () => structuredClone(new WeakSet()),
  "refuses weak references": () => structuredClone(new WeakRef({})),
  "refuses generators": () => structuredClone(function* () {}()),
  "refuses objects of the platform": () => structuredClone(new Headers()),
  "refuses a detached buffer": () => {
    const buffer = new ArrayBuffer(1);
    buffer.transfer();
    return structuredClone(buffer);
  },
  "moves a buffer": () => {
    const buffer = new Uint8Array([1, 2]).buffer;
    const copy = structuredClone({ buffer }, { transfer: [buffer] });
    return [copy.buffer, buffer.byteLength, buffer.detached];
  },
  "moves a buffer that the value does not hold": () => {
    const buffer = new ArrayBuffer(2);
    return [structuredClone(1, { transfer: [buffer] }), buffer.detached];
  },
  "refuses to move what is no buffer": () =>
    structuredClone(1, { transfer: [{} as never] }),
});

testDifferent("structuredClone()", {
  "refuses a signal": {
    run: () =>
      Promise.try(() => structuredClone({ a: [new AbortController().signal] }))
        .catch((error) => error.name),
    guest: "DataCloneError",
    why: "as the HTML Standard says",
  },
  "moves nothing when it fails": {
    run: () => {
      const buffer = new ArrayBuffer(2);
      const move = () => structuredClone(() => {}, { transfer: [buffer] });
      return Promise.try(move).catch(() => buffer.detached);
    },
    guest: false,
    why: "as the HTML Standard says",
  },
  "refuses to move a buffer twice": {
    run: () => {
      const buffer = new ArrayBuffer(2);
      const move = () => structuredClone(1, { transfer: [buffer, buffer] });
      return Promise.try(move).catch((error) => error.name);
    },
    guest: "DataCloneError",
    why: "as the HTML Standard says",
  },
  "copies a proxy as what it shows": {
    run: () =>
      Promise.try(() => structuredClone(new Proxy({ a: 1 }, {}))).catch(() =>
        "refused"
      ),
    guest: { a: 1 },
    why: "a script cannot tell a proxy from an object",
  },
});
