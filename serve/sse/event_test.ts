import { deepStrictEqual, strictEqual } from "node:assert";
import * as fc from "fast-check";
import { formatData, formatEvent } from "./event.ts";

// deno-fmt-ignore
const EVENTS = [
  // event                                          text
  [{ data: "" },                                    "data: \n\n"],
  [{ data: " a" },                                  "data:  a\n\n"],
  [{ data: "a\r\nb\rc\nd\n" },                      "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"],
  [{ data: "a", retry: 0, event: "e", id: "i" },    "id: i\nevent: e\nretry: 0\ndata: a\n\n"],
  [{ data: "a", id: "" },                           "id: \ndata: a\n\n"],
  [{ data: "a", id: "1\ndata: x", event: "\re" },   "id: 1data: x\nevent: e\ndata: a\n\n"],
  [{ data: "a", retry: NaN },                       "data: a\n\n"],
  [{ data: "a", retry: -1 },                        "data: a\n\n"],
  [{ data: "a", retry: 1.5 },                       "data: a\n\n"],
] as const;

for (const [event, text] of EVENTS) {
  Deno.test(`formatEvent() of ${JSON.stringify(event)}`, () => {
    strictEqual(formatEvent(event), text);
  });
}

// As HTML, section 9.2.6, has it, for one event.
function parse(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of text.split(/\r\n|\r|\n/).slice(0, -2)) {
    const at = line.indexOf(":");
    const [name, value] = [line.slice(0, at), line.slice(at + 2)];
    fields[name] = name === "data" && "data" in fields
      ? `${fields.data}\n${value}`
      : value;
  }
  return fields;
}

const piece = fc.string({
  unit: fc.constantFrom("a", "\r", "\n", ":", " ", "data", "\u2028", "ü"),
});

Deno.test("formatEvent() of anything is one event, and its data comes back", () =>
  fc.assert(fc.property(piece, piece, piece, (data, event, id) => {
    const strip = (value: string) => value.replaceAll(/[\r\n]/g, "");
    deepStrictEqual(parse(formatEvent({ data, event, id })), {
      ...{ id: strip(id), event: strip(event) },
      data: data.replaceAll(/\r\n?/g, "\n"),
    });
    strictEqual(formatData(data), formatEvent({ data }));
  })));
