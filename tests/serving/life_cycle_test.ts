import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { connect } from "./connection.ts";
import { DIRECTORY, manifestOf, withApp } from "./served.ts";

// Requests that are under way when the app stops, and clients that do not wait
// for their answers.

const LONG_MS = 60_000;

Deno.test("App.stop() lets a request in flight end, and refuses new ones", async () => {
  const manifest = manifestOf("slow");
  await withApp(manifest, async ({ url, app, logged }) => {
    const answer = fetch(`${url}/300`).then((response) => response.text());
    await logged(/asleep/);
    const stopped = app.stop();
    await rejects(fetch(url), TypeError);
    strictEqual(await answer, "slow");
    await stopped;
    strictEqual(app.info().alive, 0);
  }, { drainMsMax: LONG_MS });
});

Deno.test("App.stop() answers 503 when a request outlives its time", async () => {
  await withApp(manifestOf("slow"), async ({ url, app, log, logged }) => {
    const answer = fetch(`${url}/60000`);
    await logged(/asleep/);
    await app.stop();
    // It was answered before the app counted as stopped.
    ok(log.some((text) => text.includes("GET /60000 → 503")));
    const response = await answer;
    strictEqual(response.status, 503);
    strictEqual(response.headers.get("retry-after"), "1");
    await response.body?.cancel();
    strictEqual(app.info().alive, 0);
  }, { drainMsMax: 50 });
});

Deno.test("App.stop() answers 503 when a body is under way", async () => {
  await withApp(manifestOf("echo"), async ({ port, app }) => {
    using connection = await connect(port);
    await connection.write(
      "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n",
    );
    // Sent when the body is waited for.
    strictEqual((await connection.read()).status, 100);
    const stopped = app.stop();
    strictEqual((await connection.read()).status, 503);
    connection.close();
    await stopped;
    strictEqual(app.info().started, 0);
  }, { drainMsMax: LONG_MS });
});

Deno.test("App.stop() does not wait for ever when a client does not read", async () => {
  await withApp(manifestOf("answers"), async ({ port, app }) => {
    using connection = await connect(port);
    await connection.write("GET /larger HTTP/1.1\r\nhost: a\r\n\r\n");
    // Its answer is on the way, and no more of it is read.
    await connection.readBytes(1);
    await app.stop();
    connection.close();
    // The server's end goes with the next turns.
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }, { drainMsMax: 50 });
});

Deno.test("startApp() ends a guest in its time, and frees its place, when its client is gone", async () => {
  const limits = "request_timeout_ms = 100\nmax_in_flight = 1";
  await withApp(manifestOf("slow", limits), async (served) => {
    for (let count = 1; count <= 3; count++) {
      using connection = await connect(served.port);
      await connection.write("GET /60000 HTTP/1.1\r\nhost: a\r\n\r\n");
      await served.logged(/asleep/);
      connection.close();
      await served.idle();
      strictEqual(served.app.info().started, count);
    }
  }, { drainMsMax: LONG_MS });
});

Deno.test("startApp() spawns no guest when a client leaves within its body", async () => {
  await withApp(manifestOf("echo"), async ({ port, logged, app }) => {
    using connection = await connect(port);
    await connection.write(
      "POST /gone HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf",
    );
    connection.close();
    await logged(/POST \/gone → 400/);
    strictEqual(app.info().started, 0);
  }, { drainMsMax: LONG_MS });
});

Deno.test("startApp() shows a variable of .env to the component that may see it", async () => {
  const directory = await Deno.makeTempDir();
  const name = "RUSM_TEST_VARIABLE";
  try {
    await Deno.mkdir(`${directory}/wasm`);
    for (const component of ["env", "blind"]) {
      await Deno.copyFile(
        `${DIRECTORY}/wasm/env.js`,
        `${directory}/wasm/${component}.js`,
      );
    }
    await Deno.writeTextFile(
      `${directory}/.env`,
      `${name} = "from the file"\nRUSM_TEST_SECRET = "hidden"\n`,
    );
    const manifest = `
      [[serve]]
      protocol = "http"
      listen = "127.0.0.1:0"
      routes = { "GET /env" = "env", "GET /blind" = "blind" }
      [components.env]
      capability = "seeing"
      [components.blind]
      [capabilities.seeing]
      env = ["${name}", "RUSM_TEST_UNSET"]
    `;
    await withApp(manifest, async ({ url }) => {
      const seen = await (await fetch(`${url}/env`)).json();
      deepStrictEqual(seen, { [name]: "from the file" });
      deepStrictEqual(await (await fetch(`${url}/blind`)).json(), {});
    }, { directory });
  } finally {
    Deno.env.delete(name);
    Deno.env.delete("RUSM_TEST_SECRET");
    await Deno.remove(directory, { recursive: true });
  }
});
