import { deepStrictEqual, strictEqual } from "node:assert";
import { sentListenerOf, whenSent } from "./sent.ts";

const BODIES: readonly (readonly [string, BodyInit | null, number])[] = [
  ["none", null, 0],
  ["an empty text", "", 0],
  ["a text", "é\n", 3],
  ["bytes", new Uint8Array(7), 7],
  ["parameters", new URLSearchParams({ a: "b" }), 3],
];

for (const [what, body, bytes] of BODIES) {
  Deno.test(`whenSent() tells at once how long a body is that is ${what}`, () => {
    const response = new Response(body);
    const told: number[] = [];
    whenSent(response, (bytes) => told.push(bytes));
    deepStrictEqual(told, [bytes]);
    strictEqual(sentListenerOf(response), undefined);
  });
}

Deno.test("whenSent() leaves word for who sends a stream", () => {
  const response = new Response(new ReadableStream());
  const told: number[] = [];
  whenSent(response, (bytes) => told.push(bytes));
  deepStrictEqual(told, []);
  sentListenerOf(response)!(9);
  deepStrictEqual(told, [9]);
});
