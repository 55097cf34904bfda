import { deepStrictEqual, throws } from "node:assert";

import { librariesOf, libraryCode } from "./libraries.ts";

// deno-fmt-ignore
const BUNDLES: [bundle: string, libraries: string[]][] = [
  ["exports.default = () => new Response('x')", ["http"]],
  ["new URL(request.url)", ["url"]],
  ["new MyURL()", []],
  ["await response.body.cancel()", ["streams"]],
  ["const config = { body: 1 }; a.body = 1", []],
  ["stream.getReader()", ["streams"]],
  ["await request.formData()", ["forms"]],
  ["new File([])", ["forms"]],
  ["readFile()", []],
  ["crypto.subtle.digest()", ["subtle"]],
  ["request.signal", ["events"]],
  ["fetch('x', { signal: AbortSignal.timeout(1) })", ["events", "fetch"]],
  ["console.log(new TextEncoder())", ["text", "inspect"]],
  ["structuredClone({})", ["clone"]],
];

for (const [bundle, libraries] of BUNDLES) {
  Deno.test(`librariesOf() ${bundle}`, () => {
    deepStrictEqual(librariesOf(bundle), libraries);
  });
}

Deno.test("libraryCode() refuses a name that is none", () => {
  for (const name of ["nope", "toString", "__proto__"]) {
    throws(() => libraryCode({} as never, name), {
      name: "TypeError",
      message: `Cannot find a library of this name: ${name}`,
    });
  }
});
