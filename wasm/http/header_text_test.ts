import { deepStrictEqual, throws } from "node:assert";
import fc from "fast-check";
import { eachHeader, type Header, headerText } from "./header_text.ts";

function headersIn(text: string): Header[] {
  const headers: Header[] = [];
  eachHeader(text, (name, value) => headers.push([name, value]));
  return headers;
}

Deno.test("eachHeader() gives what headerText() was given, in order", () => {
  const part = fc.string({ unit: "binary" })
    .filter((text) => !text.includes("\n"));
  fc.assert(fc.property(fc.array(fc.tuple(part, part)), (headers) => {
    deepStrictEqual(headersIn(headerText(headers)), headers);
  }));
});

for (const header of [["a\nb", "c"], ["a", "b\nc"]] as const) {
  Deno.test(`headerText() throws for ${JSON.stringify(header)}`, () => {
    throws(() => headerText([header]), TypeError);
  });
}
