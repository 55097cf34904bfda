import { deepStrictEqual, strictEqual } from "node:assert";
import { filesBelow } from "./testdata/recorder.ts";
import { HELLO } from "./templates.ts";
import handle from "./templates/hello/components/api/index.ts";

const DIRECTORY = new URL("templates/hello/", import.meta.url);

Deno.test("HELLO holds every file of the template, and nothing else", async () => {
  const paths = (await filesBelow(DIRECTORY.pathname))
    // What serving the template where it stands leaves behind.
    .filter((path) => !/^(wasm|node_modules)\//.test(path));
  const embedded = new Map<string, string>();
  for (const path of paths) {
    const name = path === "gitignore" ? ".gitignore" : path;
    embedded.set(name, await Deno.readTextFile(new URL(path, DIRECTORY)));
  }
  deepStrictEqual(
    [...HELLO].sort(),
    [...embedded].sort(),
  );
});

Deno.test("handle() greets and names the path when asked", async () => {
  const response = handle(new Request("http://localhost/some/path?query"));
  strictEqual(
    await response.text(),
    "Hello from /some/path\nRequests this instance has seen: 1\n",
  );
});
