import { match, rejects, strictEqual } from "node:assert";
import { type App, startApp } from "../app.ts";
import { createLog } from "../log.ts";
import { loadManifest } from "../manifest.ts";
import { type Parsed, parseExposition } from "./testdata/parse_exposition.ts";

const LISTENER = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"

[components.api]
`;
const ADMIN = `[node]
admin = "127.0.0.1:0"
`;

async function withApp(
  files: Readonly<Record<string, string>>,
  test: (app: App) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${directory}/wasm`);
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${directory}/${path}`, text);
    }
    const manifest = await loadManifest(`${directory}/rusm.toml`);
    const log = createLog({ level: "off", sink: () => {} });
    const app = await startApp(manifest, { log, drainMsMax: 1_000 });
    try {
      await test(app);
    } finally {
      await app.stop();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function ask(app: App, path: string): Promise<[number, string]> {
  const response = await fetch(`${app.adminUrl}${path}`);
  return [response.status, await response.text()];
}

async function read(app: App): Promise<Parsed> {
  const [, text] = await ask(app, "/metrics");
  return parseExposition(text, false);
}

const ANSWERS = "exports.default = () => new Response('hello');";

Deno.test("an app without admin has no such listener", () =>
  withApp({ "rusm.toml": LISTENER, "wasm/api.js": ANSWERS }, async (app) => {
    strictEqual(app.adminUrl, undefined);
    await fetch(app.endpoints[0]!.url).then((response) => response.text());
  }));

Deno.test("an app with admin is healthy and ready when it has started", () =>
  withApp(
    { "rusm.toml": ADMIN + LISTENER, "wasm/api.js": ANSWERS },
    async (app) => {
      const [health, why] = await ask(app, "/healthz");
      strictEqual(health, 200);
      match(why, /"answering":[1-9]/);
      strictEqual((await ask(app, "/readyz"))[0], 200);
    },
  ));

Deno.test("an app is not ready while it stops, and is not there then", () =>
  withApp({
    "rusm.toml": ADMIN + LISTENER,
    "wasm/api.js":
      "exports.default = () => new Promise((end) => setTimeout(end, 1e6));",
  }, async (app) => {
    const response = fetch(app.endpoints[0]!.url);
    while (app.info().started === 0) await ask(app, "/metrics");
    const stopped = app.stop();
    const [status, why] = await ask(app, "/readyz");
    strictEqual(status, 503);
    match(why, /draining/);
    strictEqual((await ask(app, "/healthz"))[0], 200);
    await Promise.all([(await response).text(), stopped]);
    await rejects(fetch(`${app.adminUrl}/readyz`));
  }));

Deno.test("an app is not ready when its residents gave up", () =>
  withApp({
    "rusm.toml": `${ADMIN}[components.clock]\nresident = true\n`,
    "wasm/clock.js": "exports.default = () => { throw new Error('no'); };",
  }, async (app) => {
    await app.gaveUp;
    const [status, why] = await ask(app, "/readyz");
    strictEqual(status, 503);
    match(why, /gave_up/);
    const { get } = await read(app);
    const clock = { component: "clock" };
    strictEqual(get("rusm_supervisor_restarts_total", clock), 3);
    strictEqual(get("rusm_supervisors_given_up_total"), 1);
    const crashed = { ...clock, reason: "crashed" };
    strictEqual(get("rusm_process_exits_total", crashed), 4);
    strictEqual(get("rusm_processes", clock), 0);
  }));

Deno.test("an app counts processes and what they store", () =>
  withApp({
    "rusm.toml": ADMIN + "store = 'kv'\n" + LISTENER,
    "wasm/api.js": ANSWERS,
  }, async (app) => {
    const response = await fetch(app.endpoints[0]!.url);
    strictEqual(await response.text(), "hello");
    const { get, types } = await read(app);
    strictEqual(get("rusm_processes_started_total", { component: "api" }), 1);
    strictEqual(types.get("rusm_store_waiting"), "gauge");
  }));

Deno.test("an app whose admin address is in use does not start", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const manifest = `[node]\nadmin = "127.0.0.1:${port}"\n`;
  await rejects(withApp({ "rusm.toml": manifest }, async () => {}), {
    code: "addressInUse",
    message: new RegExp(
      `Cannot listen, the address is in use: 127.0.0.1:${port}$`,
    ),
  });
});
