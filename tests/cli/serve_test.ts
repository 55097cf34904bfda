import { ok, strictEqual } from "node:assert";
import { STOP_REPEAT_MS } from "../../cli/process/stop.ts";
import { find, linesOf, rusm } from "./program.ts";

// The program as users run it: an app that `new` made, on a port of its own.

/** A server, and the lines that it prints and logs. */
interface Server {
  readonly process: Deno.ChildProcess;
  /** Absolute path of the app. */
  readonly app: string;
  readonly url: URL;
  readonly lines: AsyncGenerator<string>;
  readonly log: AsyncGenerator<string>;
}

/** Calls `test` with a server of a new app, whose `component` may be replaced. */
async function withServer(
  component: string | undefined,
  test: (server: Server) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await createApp(directory, component);
    const app = `${directory}/hello`;
    const process = rusm(["serve", "--build"], app);
    const lines = linesOf(process.stdout);
    const url = new URL(await find(lines, /^try: curl (.*)$/));
    const log = linesOf(process.stderr);
    await test({ process, app, url, lines, log });
    // It ends when nothing is left of parent and child.
    for await (const _ of lines);
    for await (const _ of log);
    await process.status;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function createApp(
  directory: string,
  component: string | undefined,
): Promise<void> {
  const created = await rusm(["new", "hello"], directory).output();
  strictEqual(created.code, 0);
  const path = `${directory}/hello/rusm.toml`;
  const manifest = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, manifest.replace(":8080", ":0"));
  if (component === undefined) return;
  const index = `${directory}/hello/components/api/index.ts`;
  await Deno.writeTextFile(index, component);
}

Deno.test("serve answers as the starter's README says, and stops on SIGTERM", async () => {
  const readme = await Deno.readTextFile(
    new URL("../../cli/templates/hello/README.md", import.meta.url),
  );
  await withServer(undefined, async ({ process, url, lines }) => {
    for (const _ of ["first", "second"]) {
      const response = await fetch(new URL("some/path", url));
      ok(readme.includes(`\n${await response.text()}`));
    }
    process.kill("SIGTERM");
    // The last one may still be ending.
    await find(
      lines,
      /^stopped: 2 processes started, [01] alive when stopping$/,
    );
    strictEqual((await process.status).code, 0);
  });
});

Deno.test("serve takes up what was built when SIGUSR2 comes", async () => {
  await withServer(undefined, async ({ process, url, lines, app }) => {
    const index = `${app}/components/api/index.ts`;
    const other = "export default () => new Response('other');\n";
    await Deno.writeTextFile(index, other);
    strictEqual((await rusm(["build"], app).output()).code, 0);
    process.kill("SIGUSR2");
    await find(lines, /^(reloaded: api reloaded)$/);
    strictEqual(await (await fetch(url)).text(), "other");
    process.kill("SIGTERM");
  });
});

Deno.test("serve gives its port back when its parent is killed", async () => {
  await withServer(undefined, async ({ process, url, lines }) => {
    process.kill("SIGKILL");
    for await (const _ of lines);
    const port = Number(url.port);
    Deno.listen({ hostname: url.hostname, port }).close();
  });
});

Deno.test("serve ends at once when a second signal comes", async () => {
  const slow = `export default () => new Promise((resolve) => {
    console.log("asked");
    setTimeout(() => resolve(new Response()), 20_000);
  });`;
  await withServer(slow, async ({ process, url, lines, log }) => {
    const response = fetch(url).then(() => "answered", () => "cut off");
    await find(log, /(asked)/);
    process.kill("SIGTERM");
    await find(lines, /^(stopping)$/);
    // The same signal any sooner is the same request.
    await new Promise((resolve) => setTimeout(resolve, STOP_REPEAT_MS));
    process.kill("SIGINT");
    strictEqual((await process.status).code, 130);
    strictEqual(await response, "cut off");
  });
});
