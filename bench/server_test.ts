import { match, rejects, strictEqual } from "node:assert";
import { startServer } from "./server.ts";

function evaluate(source: string): string[] {
  return [Deno.execPath(), "eval", source];
}

const SLOW = "setInterval(() => {}, 1_000);";

Deno.test("startServer() finds the URL of a server, and stops it when disposed", async () => {
  const file = `${import.meta.dirname}/http_raw.ts`;
  let url: string;
  {
    await using server = await startServer([
      Deno.execPath(),
      "run",
      "-A",
      file,
    ]);
    url = server.url;
    strictEqual(await (await fetch(url)).text(), "Hello from Deno.serve\n");
  }
  await rejects(fetch(url), TypeError);
});

Deno.test("startServer() finds the URL when it comes in pieces, on stderr, among other output", async () => {
  await using server = await startServer(evaluate(`
    const write = (text) => Deno.stderr.writeSync(new TextEncoder().encode(text));
    console.log("building http://127.0.0.1:0 and http://example.com:80");
    write("at http://127.0");
    await 0;
    write(".0.1:81\\n");
    ${SLOW}`));
  strictEqual(server.url, "http://127.0.0.1:81");
  match(server.output(), /at http:/);
});

Deno.test("startServer() takes no URL whose port may go on", async () => {
  const command = evaluate(`
    Deno.stdout.writeSync(new TextEncoder().encode("http://127.0.0.1:8"));`);
  await rejects(startServer(command), /: it ended\nhttp:\/\/127\.0\.0\.1:8$/);
});

Deno.test("startServer() reads on when the URL was found", async () => {
  // More than a pipe holds: the server would wait for ever otherwise.
  await using server = await startServer(evaluate(`
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    console.log("http://127.0.0.1:" + listener.addr.port);
    console.log("y".repeat(1_000_000));
    for await (const connection of listener) connection.close();`));
  const { hostname, port } = new URL(server.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  strictEqual(await connection.read(new Uint8Array(1)), null);
  connection.close();
});

Deno.test("startServer() rejects with the output when the server ends", async () => {
  const command = evaluate("console.log('port is taken'); Deno.exit(1)");
  await rejects(startServer(command), {
    name: "ChildError",
    message: /: it ended\nport is taken\n$/,
  });
});

Deno.test("startServer() kills the server when it prints no URL in time", async () => {
  const command = evaluate(`
    Deno.addSignalListener("SIGTERM", () => {});
    console.log("no idea");
    ${SLOW}`);
  await rejects(startServer(command, { timeoutMs: 500, stopMs: 50 }), {
    name: "ChildError",
    message: /: no URL within 500 ms\nno idea\n$/,
  });
});

Deno.test("startServer() rejects with the reason when aborted", async () => {
  const abort = new AbortController();
  const starting = startServer(evaluate(SLOW), { signal: abort.signal });
  abort.abort(new Error("enough"));
  await rejects(starting, /^Error: enough$/);
});

Deno.test("startServer() starts nothing when aborted before", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await rejects(
    startServer(["no-such-program"], { signal }),
    /^Error: enough$/,
  );
});
