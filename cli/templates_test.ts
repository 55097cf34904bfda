import { deepStrictEqual, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import { filesBelow, record, withDirectory } from "./testdata/recorder.ts";
import { STARTERS } from "./templates.ts";
import handle from "./templates/hello/components/api/index.ts";

const TEMPLATES = new URL("templates/", import.meta.url);

/** Files that every starter has, and that lie in one directory alone. */
const COMMON = ["gitignore", "tsconfig.json"];

for (const { name, files, component } of STARTERS) {
  Deno.test(`STARTERS has every file of ${name}, and nothing else`, async () => {
    const directory = new URL(`${name}/`, TEMPLATES);
    const paths = (await filesBelow(directory.pathname))
      // What serving the template where it stands leaves behind.
      .filter((path) => !/^(wasm|node_modules|\.rusm)\//.test(path));
    const embedded = new Map<string, string>();
    for (const path of new Set([...paths, ...COMMON])) {
      const from = COMMON.includes(path)
        ? new URL("hello/", TEMPLATES)
        : directory;
      const target = path === "gitignore" ? ".gitignore" : path;
      embedded.set(target, await Deno.readTextFile(new URL(path, from)));
    }
    deepStrictEqual([...files].sort(), [...embedded].sort());
    strictEqual(files.has(component), true);
  });

  Deno.test(`STARTERS has ${name} without mistakes`, async () => {
    await withDirectory(Object.fromEntries(files), async (app) => {
      const { io, stderr } = record(app);
      strictEqual(await main(["build"], io), 0);
      strictEqual(stderr(), "");
    });
  });
}

Deno.test("handle() greets and names the path when asked", async () => {
  const response = handle(new Request("http://localhost/some/path?query"));
  strictEqual(
    await response.text(),
    "Hello from /some/path\nRequests this instance has seen: 1\n",
  );
});
