import { match, strictEqual } from "node:assert";
import { createLog, loadManifest, startApp } from "@rusm/serve";
import { main } from "../command_line.ts";
import { record, withDirectory } from "../testdata/recorder.ts";

const FILES = {
  "rusm.toml": `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"

[components.api]
`,
  "components/api/index.ts": `import { explode } from "../../lib/deep.ts";

interface Unused {}

export default function handle(): Response {
  return explode();
}
`,
  "lib/deep.ts": `// A comment.

export function explode(): never {
  throw new RangeError("boom");
}
`,
};

/** Lets the app in `app` crash by a request, and returns what its log says. */
async function crash(app: string, meanwhile: () => Promise<void>) {
  const lines: string[] = [];
  const sink = (text: string) => void lines.push(text);
  const log = createLog({ level: "error", sink });
  const manifest = await loadManifest(`${app}/rusm.toml`);
  const running = await startApp(manifest, { log });
  await meanwhile();
  const response = await fetch(running.endpoints[0]!.url);
  await response.body?.cancel();
  await running.stop();
  return lines.join("");
}

async function build(app: string): Promise<void> {
  strictEqual(await main(["build", "--no-check"], record(app).io), 0);
}

Deno.test("a crash of what was built is told by the lines of its sources", async () => {
  await withDirectory(FILES, async (app) => {
    await build(app);
    match(
      await crash(app, async () => {}),
      /RangeError: boom\n[ |]+at explode \(lib\/deep\.ts:4:\d+\)\n[ |]+at handle \(components\/api\/index\.ts:6:\d+\)\n/,
    );
  });
});

Deno.test("a crash is told by the lines of the bundle when another was built since", async () => {
  await withDirectory(FILES, async (app) => {
    await build(app);
    const said = await crash(app, async () => {
      await Deno.writeTextFile(`${app}/lib/deep.ts`, "\n\n\n\n\n", {
        append: true,
      });
      const index = `${app}/components/api/index.ts`;
      await Deno.writeTextFile(index, "console.log();\n", { append: true });
      await build(app);
    });
    match(said, /RangeError: boom\n[ |]+at explode \(api\.js:\d+:\d+\)\n/);
  });
});
