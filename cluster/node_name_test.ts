import { strictEqual, throws } from "node:assert";
import { NODE_NAME_CHARS_MAX, parseNodeName } from "./node_name.ts";

for (
  const text of ["a", "node-b", "eu-west-1", "a".repeat(NODE_NAME_CHARS_MAX)]
) {
  Deno.test(`parseNodeName() takes ${text}`, () => {
    strictEqual(parseNodeName(text), text);
  });
}

// deno-fmt-ignore
const NO_NAMES = [
  "", "A", "1a", "-a", "a-", "a--b", "a_b", "a.b", "a\n", " a", "é",
  "a".repeat(NODE_NAME_CHARS_MAX + 1),
];

for (const text of NO_NAMES) {
  Deno.test(`parseNodeName() refuses ${JSON.stringify(text)}`, () => {
    throws(() => parseNodeName(text), {
      name: "SyntaxError",
      message: /Cannot name a node .*: "/s,
    });
  });
}
