/**
 * The shape of each interface, as WebIDL has it and as Deno shows it: members,
 * their kinds, lengths and attributes.
 *
 * @module
 */

import { deepStrictEqual } from "node:assert";

import { Guest } from "../testdata/guest.ts";

// deno-fmt-ignore
const NAMES = `AbortController AbortSignal Blob ByteLengthQueuingStrategy CloseEvent CompressionStream
  CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream ErrorEvent Event EventTarget
  File FormData Headers MessageEvent ProgressEvent PromiseRejectionEvent ReadableByteStreamController ReadableStream
  ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader
  Request Response SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream
  TransformStreamDefaultController URL URLSearchParams WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter`.split(/\s+/);

/** Where a guest differs. Members: enumerable, configurable, writable. */
interface Difference {
  /** What only a guest has. */
  guest: string[];
  /** What only Deno has. */
  deno: string[];
  /** Why. */
  why: string;
}

const DIFFERENCES: Record<string, Difference> = {
  AbortController: {
    guest: ["abort: value abort/0 ecw"],
    deno: ["abort: value abort/1 ecw"],
    why: "as its standard has it",
  },
  AbortSignal: {
    guest: ["onabort: get get onabort/0, set set onabort/1 ec"],
    deno: [
      "addEventListener: value addEventListener/0 ecw",
      "onabort: get get/0, set set/1 ec",
      "removeEventListener: value removeEventListener/0 ecw",
    ],
    why: "as its standard has it",
  },
  CloseEvent: {
    guest: [
      "Symbol(Symbol.toStringTag): value CloseEvent c",
      "code: get get code/0 ec",
      "reason: get get reason/0 ec",
      "wasClean: get get wasClean/0 ec",
    ],
    deno: [
      "code: get get code/0 c",
      "reason: get get reason/0 c",
      "wasClean: get get wasClean/0 c",
    ],
    why: "as its standard has it",
  },
  Crypto: {
    guest: [],
    deno: [
      "static create: value create/1 ecw",
      "static registerSymbols: value registerSymbols/3 ecw",
    ],
    why: "without what is Deno's own",
  },
  CryptoKey: {
    guest: [],
    deno: [
      "static exportNodeMaterial: value exportNodeMaterial/1 ecw",
      "static fromCloneData: value fromCloneData/1 ecw",
      "static importSync: value importSync/5 ecw",
    ],
    why: "without what is Deno's own",
  },
  CustomEvent: {
    guest: [
      "Symbol(Symbol.toStringTag): value CustomEvent c",
      "initCustomEvent: value initCustomEvent/1 ecw",
    ],
    deno: [],
    why: "as its standard has it",
  },
  ErrorEvent: {
    guest: ["Symbol(Symbol.toStringTag): value ErrorEvent c"],
    deno: [],
    why: "as its standard has it",
  },
  Event: {
    guest: [
      "AT_TARGET: value 2 e",
      "BUBBLING_PHASE: value 3 e",
      "CAPTURING_PHASE: value 1 e",
      "NONE: value 0 e",
      "cancelBubble: get get cancelBubble/0, set set cancelBubble/1 ec",
      "composedPath: value composedPath/0 ecw",
      "initEvent: value initEvent/1 ecw",
      "preventDefault: value preventDefault/0 ecw",
      "srcElement: get get srcElement/0 ec",
      "stopImmediatePropagation: value stopImmediatePropagation/0 ecw",
      "stopPropagation: value stopPropagation/0 ecw",
    ],
    deno: [
      "AT_TARGET: get get AT_TARGET/0 c",
      "BUBBLING_PHASE: get get BUBBLING_PHASE/0 c",
      "CAPTURING_PHASE: get get CAPTURING_PHASE/0 c",
      "NONE: get get NONE/0 c",
      "cancelBubble: get get cancelBubble/0, set set cancelBubble/1 c",
      "composedPath: value composedPath/0 cw",
      "initialized: get get initialized/0 c",
      "isTrusted: get get isTrusted/0 e",
      "preventDefault: value preventDefault/0 cw",
      "srcElement: get get srcElement/0, set set srcElement/1 ec",
      "stopImmediatePropagation: value stopImmediatePropagation/0 cw",
      "stopPropagation: value stopPropagation/0 cw",
    ],
    why: "as its standard has it",
  },
  EventTarget: {
    guest: [
      "addEventListener: value addEventListener/2 ecw",
      "removeEventListener: value removeEventListener/2 ecw",
    ],
    deno: [
      "addEventListener: value addEventListener/3 ecw",
      "getParent: value getParent/1 ecw",
      "removeEventListener: value removeEventListener/3 ecw",
    ],
    why: "as its standard has it",
  },
  File: {
    guest: ["webkitRelativePath: get get webkitRelativePath/0 ec"],
    deno: [],
    why: "as its standard has it",
  },
  FormData: {
    guest: [
      "append: value append/2 ecw",
      "constructor: value FormData/0 cw",
      "set: value set/2 ecw",
      "static length: value 0 c",
    ],
    deno: [
      "append: value append/3 ecw",
      "constructor: value FormData/1 cw",
      "set: value set/3 ecw",
      "static length: value 1 c",
    ],
    why: "as its standard has it",
  },
  MessageEvent: {
    guest: [
      "Symbol(Symbol.toStringTag): value MessageEvent c",
      "constructor: value MessageEvent/1 cw",
      "data: get get data/0 ec",
      "lastEventId: get get lastEventId/0 ec",
      "origin: get get origin/0 ec",
      "ports: get get ports/0 ec",
      "source: get get source/0 ec",
      "static length: value 1 c",
    ],
    deno: [
      "constructor: value MessageEvent/2 cw",
      "source: get get source/0 c",
      "static length: value 2 c",
    ],
    why: "as its standard has it",
  },
  ProgressEvent: {
    guest: [
      "Symbol(Symbol.toStringTag): value ProgressEvent c",
      "lengthComputable: get get lengthComputable/0 ec",
      "loaded: get get loaded/0 ec",
      "total: get get total/0 ec",
    ],
    deno: [],
    why: "as its standard has it",
  },
  PromiseRejectionEvent: {
    guest: ["Symbol(Symbol.toStringTag): value PromiseRejectionEvent c"],
    deno: [],
    why: "as its standard has it",
  },
  Request: {
    guest: [
      "body: get get body/0 ec",
      "bodyUsed: get get bodyUsed/0 ec",
      "destination: get get destination/0 ec",
      "duplex: get get duplex/0 ec",
      "isHistoryNavigation: get get isHistoryNavigation/0 ec",
      "isReloadNavigation: get get isReloadNavigation/0 ec",
    ],
    deno: ["body: get get/0 ec", "bodyUsed: get get/0 ec"],
    why: "as its standard has it",
  },
  Response: {
    guest: [
      "body: get get body/0 ec",
      "bodyUsed: get get bodyUsed/0 ec",
      "static json: value json/1 ecw",
    ],
    deno: [
      "body: get get/0 ec",
      "bodyUsed: get get/0 ec",
      "static json: value json/0 ecw",
    ],
    why: "as its standard has it",
  },
  SubtleCrypto: {
    guest: [],
    deno: [
      "decapsulateBits: value decapsulateBits/3 ecw",
      "decapsulateKey: value decapsulateKey/6 ecw",
      "encapsulateBits: value encapsulateBits/2 ecw",
      "encapsulateKey: value encapsulateKey/5 ecw",
      "getPublicKey: value getPublicKey/2 ecw",
      "static create: value create/0 ecw",
      "static supports: value supports/2 ecw",
    ],
    why: "without post-quantum keys",
  },
  URL: {
    guest: [],
    deno: [
      "static createObjectURL: value createObjectURL/1 ecw",
      "static revokeObjectURL: value revokeObjectURL/1 ecw",
    ],
    why: "without object URLs: nobody else could read them",
  },
};

/** All members of an interface and of its prototype. Evaluated on both sides. */
function shapeOf(name: string): string[] {
  const Interface = Reflect.get(globalThis, name);
  const describe = (where: string, target: object) =>
    Reflect.ownKeys(target).filter((key) =>
      key !== "prototype" && (typeof key === "string" ||
        key === Symbol.toStringTag || key === Symbol.iterator ||
        key === Symbol.asyncIterator)
    ).map((key) => {
      const own = Object.getOwnPropertyDescriptor(target, key)!;
      const kinds = (["value", "get", "set"] as const)
        .filter((kind) => own[kind] !== undefined).map((kind) =>
          typeof own[kind] === "function"
            ? `${kind} ${own[kind].name}/${own[kind].length}`
            : `${kind} ${String(own[kind])}`
        );
      const attributes = (["enumerable", "configurable", "writable"] as const)
        .filter((attribute) => own[attribute]).map((each) => each[0]).join("");
      return `${where}${String(key)}: ${kinds.join(", ")} ${attributes}`;
    });
  const parent = Object.getPrototypeOf(Interface.prototype).constructor.name;
  return [
    `is a ${parent}`,
    ...describe("static ", Interface),
    ...describe("", Interface.prototype),
  ];
}

for (const name of NAMES) {
  const { guest: more = [], deno: less = [], why } = DIFFERENCES[name] ?? {};
  Deno.test(`interface ${name} is that of Deno${why ? `, but ${why}` : ""}`, async () => {
    using guest = await Guest.create();
    const code = `(${shapeOf})(${JSON.stringify(name)})`;
    const mine = guest.evaluate(code) as string[];
    const its = shapeOf(name);
    deepStrictEqual({
      guest: mine.filter((member) => !its.includes(member)).toSorted(),
      deno: its.filter((member) => !mine.includes(member)).toSorted(),
    }, { guest: more, deno: less });
  });
}
