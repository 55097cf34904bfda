import fc from "fast-check";
import { strictEqual } from "node:assert";

import { Guest } from "../../testdata/guest.ts";
import { testSame } from "../../testdata/same.ts";

testSame("TextEncoder", {
  "encode() gives UTF-8": () => new TextEncoder().encode("aé€\u{1f600}\0"),
  "encode() gives nothing for nothing": () => new TextEncoder().encode(),
  "encode() replaces lone surrogates": () =>
    new TextEncoder().encode("a\ud800b\udc00"),
  "encoding is utf-8": () => new TextEncoder().encoding,
  "encodeInto() fills what fits": () => {
    const target = new Uint8Array(6);
    return [new TextEncoder().encodeInto("aé€\u{1f600}", target), target];
  },
  "encodeInto() splits no code point": () => {
    const target = new Uint8Array(5);
    return [new TextEncoder().encodeInto("aé€x", target), target];
  },
  "encodeInto() counts UTF-16 units": () => {
    const target = new Uint8Array(10);
    return [new TextEncoder().encodeInto("\u{1f600}é", target), target];
  },
  "encodeInto() takes an empty target": () =>
    new TextEncoder().encodeInto("é", new Uint8Array()),
  "encodeInto() refuses other targets": () =>
    new TextEncoder().encodeInto("a", [] as never),
  "encodeInto() writes a part of a buffer": () => {
    const whole = new Uint8Array(4);
    new TextEncoder().encodeInto("ab", whole.subarray(1, 3));
    return whole;
  },
});

testSame("TextDecoder", {
  "decode() takes UTF-8": () =>
    new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0xac, 0x61])),
  "decode() replaces malformed bytes": () =>
    new TextDecoder().decode(new Uint8Array([0xff, 0x61, 0xe2, 0x82])),
  "decode() refuses malformed bytes when fatal": () =>
    new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])),
  "decode() drops a byte order mark": () =>
    new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])),
  "decode() keeps a byte order mark when told": () =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      new Uint8Array([0xef, 0xbb, 0xbf, 0x61]),
    ),
  "decode() takes a buffer": () =>
    new TextDecoder().decode(new Uint8Array([0x61]).buffer),
  "decode() takes a view of a part": () =>
    new TextDecoder().decode(
      new DataView(new Uint8Array([0x61, 0x62, 0x63]).buffer, 1, 1),
    ),
  "decode() takes nothing": () => new TextDecoder().decode(),
  "decode() refuses text": () => new TextDecoder().decode("a" as never),
  "decode() takes other encodings": () => [
    new TextDecoder("latin1").decode(new Uint8Array([0xe9, 0x80])),
    new TextDecoder("utf-16le").decode(new Uint8Array([0x61, 0, 0x62, 0])),
    new TextDecoder("shift_jis").decode(new Uint8Array([0x82, 0xa0])),
  ],
  "constructor takes any label": () => new TextDecoder(" UTF8 ").encoding,
  "constructor refuses an unknown label": () => new TextDecoder("utf-42"),
  "constructor keeps its options": () => {
    const { encoding, fatal, ignoreBOM } = new TextDecoder("ascii", {
      fatal: true,
      ignoreBOM: true,
    });
    return [encoding, fatal, ignoreBOM];
  },
  "decode() of a stream holds back an incomplete code point": () => {
    const decoder = new TextDecoder();
    return [[0xf0, 0x9f], [0x98], [0x80, 0x61], [0xe2, 0x82]].map((bytes) =>
      decoder.decode(new Uint8Array(bytes), { stream: true })
    ).concat(decoder.decode());
  },
  "decode() of a stream gives up an impossible start at once": () => {
    const decoder = new TextDecoder();
    return [[0xe0], [0x80], [0xed, 0xa0], [0xf4], [0x90], [0xc0], [0xf5], [
      0xf0,
      0x8f,
    ]].map((bytes) => decoder.decode(new Uint8Array(bytes), { stream: true }));
  },
  "decode() of a stream drops a byte order mark once": () => {
    const decoder = new TextDecoder();
    const mark = new Uint8Array([0xef, 0xbb, 0xbf]);
    const first = decoder.decode(mark.subarray(0, 1), { stream: true }) +
      decoder.decode(mark.subarray(1), { stream: true });
    const second = decoder.decode(mark, { stream: true });
    return [first, second, decoder.decode(), decoder.decode(mark)];
  },
  "decode() of a stream refuses malformed bytes when fatal": () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    decoder.decode(new Uint8Array([0xe2]), { stream: true });
    return decoder.decode();
  },
});

/** Labels, and bytes that mean something in each. */
const ENCODINGS: [label: string, bytes: number[]][] = [
  ["utf-8", [0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xef, 0xbb, 0xbf]],
  ["utf-16le", [0x00, 0xd8, 0xdc, 0xff, 0xfe]],
  ["utf-16be", [0x00, 0xd8, 0xdc, 0xfe, 0xff]],
  ["shift_jis", [0x81, 0x40, 0x9f, 0xfc, 0xa1]],
  ["euc-jp", [0x8e, 0x8f, 0xa1, 0xb0, 0xfe]],
  ["iso-2022-jp", [0x1b, 0x24, 0x42, 0x28, 0x4a, 0x49, 0x40, 0x30, 0x21]],
  ["gb18030", [0x81, 0x30, 0x35, 0xfe, 0xa1]],
  ["gbk", [0x81, 0x40, 0xfe, 0xa1, 0x30]],
  ["big5", [0x81, 0x40, 0xa4, 0xfe, 0x87]],
  ["euc-kr", [0x81, 0x41, 0xb0, 0xa1, 0xfe]],
  ["windows-1252", [0x80, 0x9f, 0xff]],
  ["x-user-defined", [0x80, 0xff, 0x41]],
];

for (const [label, bytes] of ENCODINGS) {
  Deno.test(`TextDecoder decodes any chunks of ${label} as Deno's does`, async () => {
    using guest = await Guest.create();
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...bytes));
    const chunks = fc.array(fc.array(byte, { maxLength: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(chunks, fc.boolean(), (chunks, ignoreBOM) => {
        const decode = (
          Decoder: typeof TextDecoder,
          label: string,
          ignoreBOM: boolean,
          chunks: number[][],
        ) => {
          const decoder = new Decoder(label, { ignoreBOM });
          const texts = chunks.map((chunk) =>
            decoder.decode(new Uint8Array(chunk), { stream: true })
          );
          texts.push(decoder.decode());
          // Where a character is shown that came in two chunks is not said.
          return JSON.stringify(texts.join(""));
        };
        const args = [label, ignoreBOM, chunks] as const;
        const code = `(${decode})(TextDecoder, ${
          args.map((arg) => JSON.stringify(arg)).join()
        })`;
        strictEqual(guest.evaluate(code), decode(TextDecoder, ...args));
      }),
      { numRuns: 200 },
    );
  });
}
