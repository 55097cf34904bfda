import { testSame } from "../../testdata/same.ts";

testSame("Headers", {
  "constructor takes a record": () => [...new Headers({ B: "1", a: "2" })],
  "constructor takes pairs": () => [...new Headers([["a", "1"], ["A", "2"]])],
  "constructor takes a map": () => [...new Headers([...new Map([["a", "1"]])])],
  "constructor takes headers": () => [...new Headers(new Headers({ a: "1" }))],
  "constructor takes nothing": () => [...new Headers(undefined)],
  "constructor refuses null": () => new Headers(null as never),
  "constructor refuses a string": () => new Headers("a" as never),
  "constructor refuses a short pair": () => new Headers([["a"]] as never),
  "constructor refuses a long pair": () =>
    new Headers([["a", "b", "c"]] as never),
  "append() combines values": () => {
    const headers = new Headers({ a: "1" });
    headers.append("A", " 2\t");
    return [headers.get("a"), [...headers]];
  },
  "append() trims white space only": () =>
    new Headers({ a: "\t\r\n x y \r\n" }).get("a"),
  "append() takes an empty value": () => new Headers({ a: "" }).get("a"),
  "append() takes Latin-1": () => new Headers({ a: "é" }).get("a"),
  "append() refuses other text": () => new Headers({ a: "€" }),
  "append() refuses a line break": () => new Headers({ a: "b\nc" }),
  "append() refuses NUL": () => new Headers({ a: "b\0c" }),
  "append() refuses a name with a space": () => new Headers({ "a b": "" }),
  "append() refuses an empty name": () => new Headers({ "": "" }),
  "append() refuses a name that is no token": () => new Headers({ "ä": "" }),
  "append() takes every character of a token":
    () => [...new Headers({ "!#$%&'*+-.^_`|~09azAZ": "1" }).keys()],
  "get() gives null for no value": () => new Headers().get("a"),
  "get() refuses an invalid name": () => new Headers().get("a b"),
  "has() ignores case": () => new Headers({ "A-b": "" }).has("a-B"),
  "has() refuses an invalid name": () => new Headers().has(""),
  "set() keeps the place and removes the others": () => {
    const headers = new Headers([["a", "1"], ["b", "2"], ["a", "3"]]);
    headers.set("A", "4");
    headers.set("c", "5");
    return [...headers];
  },
  "set() refuses an invalid value": () => new Headers().set("a", "\n€"),
  "delete() removes all values": () => {
    const headers = new Headers([["a", "1"], ["b", "2"], ["A", "3"]]);
    headers.delete("a");
    headers.delete("none");
    return [...headers];
  },
  "delete() refuses an invalid name": () => new Headers().delete("("),
  "getSetCookie() keeps values apart": () => {
    const headers = new Headers([["set-cookie", "a=1"], ["Set-Cookie", "b=2"]]);
    return [headers.getSetCookie(), headers.get("set-cookie"), [...headers]];
  },
  "getSetCookie() gives an empty list": () => new Headers().getSetCookie(),
  "forEach() calls back in order": () => {
    const calls: unknown[] = [];
    const headers = new Headers({ b: "1", a: "2" });
    headers.forEach(function (this: unknown, value, name, all) {
      calls.push([this, value, name, all === headers]);
    }, 7);
    return calls;
  },
  "keys() and values() are sorted": () => {
    const headers = new Headers({ b: "1", a: "2", "B": "3" });
    return [[...headers.keys()], [...headers.values()]];
  },
  "entries() follows changes": () => {
    const headers = new Headers({ b: "1" });
    const names: string[] = [];
    for (const [name] of headers) {
      names.push(name);
      if (names.length < 4) headers.append(`c${names.length}`, "x");
    }
    return names;
  },
  "entries() gives copies": () => {
    const headers = new Headers({ a: "1" });
    for (const pair of headers) pair[1] = "2";
    return headers.get("a");
  },
  "is tagged": () => [String(new Headers()), Headers.name],
  "has enumerable members": () =>
    Object.keys(Headers.prototype).toSorted().join(),
  "append() without a value": () => {
    const headers = new Headers();
    (headers.append as (name: string) => void)("a");
  },
  "iterators are alive and of their own class": () => {
    const headers = new Headers({ b: "1", a: "2" });
    const iterator = headers.entries();
    const shown = [String(iterator), [...headers.keys()], [
      ...headers.values(),
    ]];
    const first = iterator.next().value;
    headers.delete("b");
    return [shown, first, iterator.next(), iterator.next()];
  },
  "getSetCookie() keeps them apart": () => {
    const headers = new Headers([["set-cookie", "a=1"], ["Set-Cookie", "b=2"]]);
    return [headers.getSetCookie(), headers.get("set-cookie"), [...headers]];
  },
  "entries and the iterator are one function": () =>
    Headers.prototype.entries === Headers.prototype[Symbol.iterator],
  "forEach() refuses what is no function": () =>
    new Headers().forEach(1 as never),
});
