import fc from "fast-check";
import { strictEqual } from "node:assert";

import { Guest } from "../../testdata/guest.ts";
import { testSame } from "../../testdata/same.ts";

testSame("URLSearchParams", {
  "constructor takes text": () => [...new URLSearchParams("?a=1&b=2&a=3&c")],
  "constructor strips one question mark": () => [...new URLSearchParams("??a")],
  "constructor takes pairs":
    () => [...new URLSearchParams([["a", "1"], ["b", ""]])],
  "constructor takes a record":
    () => [...new URLSearchParams({ a: "1", b: "2" })],
  "constructor takes parameters":
    () => [...new URLSearchParams(new URLSearchParams("a=1"))],
  "constructor takes nothing": () => String(new URLSearchParams()),
  "constructor takes null as text": () =>
    String(new URLSearchParams(null as never)),
  "constructor refuses a short pair": () => new URLSearchParams([["a"]]),
  "constructor refuses a long pair": () =>
    new URLSearchParams([["a", "b", "c"]]),
  "decodes pluses and escapes":
    () => [...new URLSearchParams("a+b=%41%2B%20&%c3%bc=%C3%BC")],
  "decodes no broken escapes":
    () => [...new URLSearchParams("a=%&b=%4&c=%zz&d=%E2%82&e=%e2x%82%ac")],
  "decodes a byte order mark as text":
    () => [...new URLSearchParams("a=%EF%BB%BFb")],
  "decodes empty parts": () => [...new URLSearchParams("&&=&a=&=b&&")],
  "decodes raw text beside escapes": () => [...new URLSearchParams("ü=%20€")],
  "encodes as a form": () =>
    String(new URLSearchParams([["a b", "c&=+~!*'()-._é€\u{1f600}"]])),
  "encodes lone surrogates": () =>
    String(new URLSearchParams([["\ud800", "\udc00x"]])),
  "append() adds at the end": () => {
    const params = new URLSearchParams("a=1");
    params.append("a", "2");
    params.append("b", 3 as never);
    return String(params);
  },
  "delete() by name": () => {
    const params = new URLSearchParams("a=1&b=2&a=3");
    params.delete("a");
    return String(params);
  },
  "delete() by value": () => {
    const params = new URLSearchParams("a=1&a=2&a=1");
    params.delete("a", "1");
    return String(params);
  },
  "get() gives the first or null": () => {
    const params = new URLSearchParams("a=1&a=2");
    return [
      params.get("a"),
      params.get("b"),
      params.getAll("a"),
      params.getAll("b"),
    ];
  },
  "has() by name and value": () => {
    const params = new URLSearchParams("a=1");
    return [
      params.has("a"),
      params.has("a", "1"),
      params.has("a", "2"),
      params.has("b"),
    ];
  },
  "set() replaces the first": () => {
    const params = new URLSearchParams("a=1&b=2&a=3");
    params.set("a", "4");
    params.set("c", "5");
    return String(params);
  },
  "sort() is stable, by UTF-16 unit": () => {
    const params = new URLSearchParams("z=1&ﬃ=2&\u{1f600}=3&a=4&z=0&a=5");
    params.sort();
    return [...params.keys(), ...params.values()];
  },
  "size counts": () => new URLSearchParams("a=1&a=2&b").size,
  "forEach() calls back": () => {
    const calls: unknown[] = [];
    const params = new URLSearchParams("a=1&b=2");
    params.forEach(function (this: unknown, value, name, all) {
      calls.push([this, value, name, all === params]);
    }, "self");
    return calls;
  },
  "entries() follows changes": () => {
    const params = new URLSearchParams("a=1");
    const names: string[] = [];
    for (const name of params.keys()) {
      names.push(name);
      if (names.length < 3) params.append(`x${names.length}`, "");
    }
    return names;
  },
  "entries() gives copies": () => {
    const params = new URLSearchParams("a=1");
    for (const pair of params) pair[1] = "2";
    return String(params);
  },
  "append() without a value": () => {
    const params = new URLSearchParams();
    (params.append as (name: string) => void)("a");
  },
  "iterators are of their own class": () =>
    String(new URLSearchParams("a=1").entries()),
});

Deno.test("URLSearchParams gives what Deno's gives, for any text", async () => {
  using guest = await Guest.create();
  const text = fc.array(
    fc.oneof(
      fc.constantFrom("%", "%e2", "%82%ac", "&", "=", "+", "?", "#"),
      fc.string({ unit: "binary" }),
    ),
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(text, (query) => {
    const code = `String(new URLSearchParams(${JSON.stringify(query)}))`;
    strictEqual(guest.evaluate(code), String(new URLSearchParams(query)));
  }));
});
