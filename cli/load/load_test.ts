import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import {
  createServer as createHttp2Server,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { StopRequests, StopSignal } from "../process/stop.ts";
import { record } from "../testdata/recorder.ts";
import { runLoad } from "./load.ts";
import type { LoadResult } from "./measured.ts";
import { argsOf } from "./testdata/args.ts";
import { serveHttp, serveRaw } from "./testdata/servers.ts";

/** What a run answers and prints as JSON. */
interface Outcome {
  readonly code: number;
  readonly result: LoadResult;
}

async function load(
  ...words: readonly string[]
): Promise<Outcome> {
  const { io, stdout, stderr } = record("/");
  const code = await runLoad(argsOf(...words, "--json"), io);
  strictEqual(stderr(), "");
  return { code, result: JSON.parse(stdout()) };
}

function hello(): Response {
  return new Response("hello");
}

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

Deno.test("runLoad() makes as many requests as it is told, over connections that stay open", async () => {
  await using server = serveRaw(async ({ read, write }) => {
    while (await read() !== null) await write(OK);
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load("http", url, "-n", "100", "-c", "4");
  strictEqual(code, 0);
  strictEqual(server.opened(), 4);
  deepStrictEqual(
    [result.kind, result.url, result.loop, result.wasStopped],
    ["http", url, "closed", false],
  );
  deepStrictEqual(
    [result.good, result.failed, result.connected, result.reconnects],
    [100, 0, 4, 0],
  );
  deepStrictEqual(result.statuses, { 200: 100 });
  deepStrictEqual(result.receivedBytes, 100 * OK.length);
  const { count, minMs, p50Ms, p99Ms, maxMs } = result.latency!;
  strictEqual(count, 100);
  ok(0 < minMs && minMs <= p50Ms && p50Ms <= p99Ms && p99Ms <= maxMs);
  ok(Math.abs(result.perSecond * result.seconds - 100) < 1e-6);
});

Deno.test("runLoad() shares requests between threads", async () => {
  await using server = serveHttp(hello);
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["http", url, "-n", "101", "-c", "5", "--threads", "2"],
  );
  deepStrictEqual([code, result.good, result.failed], [0, 101, 0]);
  strictEqual(result.connected, 5);
  strictEqual(result.latency!.count, 101);
});

Deno.test("runLoad() sends method, headers and body", async () => {
  const seen: unknown[] = [];
  await using server = serveHttp(async (request) => {
    const { method, headers, url } = request;
    const { pathname, search } = new URL(url);
    const body = await request.text();
    seen.push([method, headers.get("a"), pathname + search, body]);
    return hello();
  });
  const url = `http://127.0.0.1:${server.port}/p?q=1`;
  await load(
    ...["http", url, "-n", "1", "-X", "PUT", "-H", "a: b", "--body", "data"],
  );
  deepStrictEqual(seen, [["PUT", "b", "/p?q=1", "data"]]);
});

Deno.test("runLoad() sends requests when they are due, whatever the server does", async () => {
  await using server = serveHttp(hello);
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["http", url, "--rate", "200", "-n", "40", "-c", "4"],
  );
  deepStrictEqual([code, result.loop, result.good], [0, "open", 40]);
  strictEqual(result.service!.count, 40);
  // The last is due after 195 ms.
  ok(result.seconds > 0.19);
});

Deno.test("runLoad() counts in an open loop what a request waited for a connection", async () => {
  const served: (() => void)[] = [];
  const arrived = Promise.withResolvers<void>();
  await using server = serveHttp(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    served.push(resolve);
    if (served.length === 1) arrived.resolve();
    else resolve();
    await promise;
    return hello();
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const run = load("http", url, "--rate", "1000", "-n", "50", "-c", "1");
  await arrived.promise;
  // The first is held until all others are due.
  const heldMs = 100;
  await new Promise((resolve) => setTimeout(resolve, heldMs));
  served[0]!();
  const { result } = await run;
  strictEqual(result.good, 50);
  // The last was due after 49 ms, and was not sent before the first was answered.
  ok(result.latency!.minMs >= heldMs - 60);
  ok(result.service!.p50Ms < result.latency!.p50Ms);
});

Deno.test("runLoad() tells how many requests were due and not sent", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using server = serveHttp(async () => {
    await promise;
    return hello();
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const run = load(
    ...["http", url, "--rate", "100", "-d", "200ms", "-c", "1"],
    ...["--timeout", "400ms"],
  );
  const { code, result } = await run;
  resolve();
  deepStrictEqual([code, result.good, result.failed], [1, 0, 1]);
  deepStrictEqual(result.errors, [{ what: "no answer in time", count: 1 }]);
  strictEqual(result.unsent, 19);
});

Deno.test("runLoad() sends what is due within the time, and no more", async () => {
  await using server = serveHttp(hello);
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["http", url, "--rate", "0", "--stage", "100ms:500"],
    ...["--stage", "100ms:500", "--stage", "100ms:0"],
  );
  strictEqual(code, 0);
  strictEqual(result.good + result.unsent, 100);
});

Deno.test("runLoad() goes through stages of connections", async () => {
  await using server = serveHttp(hello);
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["http", url, "--stage", "150ms:6", "--stage", "0:2", "--stage"],
    "100ms:2",
  );
  strictEqual(code, 0);
  strictEqual(result.openMax, 6);
  strictEqual(result.failed, 0);
});

// deno-fmt-ignore
const JUDGED = [
  // status, options                                    code  good   failed
  [200,      [],                                        0,    true,  false],
  [302,      [],                                        0,    true,  false],
  [404,      [],                                        1,    false, true],
  [404,      ["--status", "404"],                       0,    true,  false],
  [200,      ["--status", "201", "--status", "404"],    1,    false, true],
  [200,      ["--threshold", "errors<1%"],              0,    true,  false],
  [200,      ["--threshold", "p99<0us"],                1,    true,  false],
  [404,      ["--threshold", "errors<1%"],              1,    false, true],
] as const;

for (const [status, words, code, isGood, isFailed] of JUDGED) {
  Deno.test(`runLoad() answers ${code} when the status is ${status} with "${words.join(" ")}"`, async () => {
    await using server = serveHttp(() =>
      new Response("x", { status, headers: { location: "/" } })
    );
    const url = `http://127.0.0.1:${server.port}/`;
    const outcome = await load("http", url, "-n", "9", "-c", "2", ...words);
    const { good, failed } = outcome.result;
    deepStrictEqual(
      [outcome.code, good, failed],
      [code, isGood ? 9 : 0, isFailed ? 9 : 0],
    );
    const holds = outcome.result.thresholds.map(({ holds }) => holds);
    if (words[0] === "--threshold") deepStrictEqual(holds, [code === 0]);
  });
}

Deno.test("runLoad() counts a body unlike the first when it is asked to", async () => {
  let count = 0;
  await using server = serveHttp(() => new Response(String(count++ % 2)));
  const url = `http://127.0.0.1:${server.port}/`;
  const words = ["http", url, "-n", "10", "-c", "1"];
  const { result } = await load(...words, "--same-body");
  strictEqual(result.good, 5);
  deepStrictEqual(result.errors, [{
    what: "a body unlike the first",
    count: 5,
  }]);
  strictEqual((await load(...words)).result.good, 10);
});

Deno.test("runLoad() connects again when the server closes between two requests", async () => {
  await using server = serveRaw(async ({ read, write }) => {
    if (await read() !== null) await write(OK);
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const { result } = await load("http", url, "-n", "10", "-c", "1");
  deepStrictEqual([result.good, result.failed], [10, 0]);
  deepStrictEqual([result.connected, result.reconnects], [10, 9]);
});

Deno.test("runLoad() has a connection for each request when it is told to keep none", async () => {
  await using server = serveHttp((request) =>
    new Response(request.headers.get("connection"))
  );
  const url = `http://127.0.0.1:${server.port}/`;
  const { result } = await load(
    ...["http", url, "-n", "10", "-c", "2", "--no-keep-alive"],
  );
  deepStrictEqual([result.good, result.connected], [10, 10]);
  strictEqual(result.reconnects, 0);
});

// deno-fmt-ignore
const BREAKS = [
  ["",                           "Cannot read an answer: the connection was closed"],
  ["HTTP/1.1 200 OK\r\n",        "Cannot read on: the connection ended"],
  ["SSH-2.0-x\r\n\r\n",          "Cannot read a status line: SSH-2.0-x"],
  [`${OK}more`,                  "Cannot use more bytes than the response has"],
] as const;

for (const [text, what] of BREAKS) {
  Deno.test(`runLoad() counts "${what}" when the server sends ${JSON.stringify(text)}`, async () => {
    await using server = serveRaw(async ({ read, write }) => {
      await read();
      await write(text);
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const { code, result } = await load("http", url, "-n", "3", "-c", "1");
    deepStrictEqual([code, result.good], [1, 0]);
    deepStrictEqual(result.errors, [{ what, count: 3 }]);
    strictEqual(result.connected, 3);
  });
}

Deno.test("runLoad() counts what the system refuses", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const url = `http://127.0.0.1:${port}/`;
  const { code, result } = await load("http", url, "-n", "3", "-c", "3");
  strictEqual(code, 1);
  deepStrictEqual(result.errors, [{ what: "Connection refused", count: 3 }]);
  strictEqual(result.latency, null);
});

Deno.test("runLoad() forgets what was before the end of the warm-up", async () => {
  let isWarm = false;
  await using server = serveHttp(() =>
    new Response("", { status: isWarm ? 200 : 500 })
  );
  const timer = setTimeout(() => isWarm = true, 100);
  const url = `http://127.0.0.1:${server.port}/`;
  const { result } = await load(
    ...["http", url, "--warmup", "300ms", "-d", "100ms", "-c", "1"],
  );
  clearTimeout(timer);
  ok(result.good > 0);
  strictEqual(result.failed, 0);
  ok(result.seconds >= 0.09 && result.seconds < 0.3);
});

Deno.test("runLoad() asks by HTTP/2 when it is told to", async () => {
  await using server = serveHttp(async (request) =>
    new Response(request.method + await request.text())
  );
  const url = `http://127.0.0.1:${server.port}/`;
  const { code, result } = await load(
    ...["http", url, "-n", "20", "-c", "2", "--http2", "-X", "POST"],
    ...["--body", "x", "--same-body"],
  );
  deepStrictEqual([code, result.good, result.failed], [0, 20, 0]);
  deepStrictEqual([result.connected, result.statuses], [2, { 200: 20 }]);
});

Deno.test("runLoad() counts what goes wrong over HTTP/2", async () => {
  await using closing = serveRaw(async ({ read }) => void await read());
  await using silent = serveRaw(async ({ read }) => {
    while (await read() !== null);
  });
  const words = ["-n", "2", "-c", "1", "--http2", "--timeout", "200ms"];
  for (const { port } of [closing, silent]) {
    const url = `http://127.0.0.1:${port}/`;
    const { code, result } = await load("http", url, ...words);
    deepStrictEqual([code, result.good, result.failed], [1, 0, 2]);
  }
});

Deno.test("runLoad() goes on when the server ends a connection of HTTP/2", async () => {
  const open = new Set<ServerHttp2Session>();
  const server = createHttp2Server((_, response) => {
    response.end("ok");
    for (const session of open) session.close();
  });
  server.on("session", (session) => {
    open.add(session);
    session.on("close", () => open.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const { result } = await load("http", url, "-n", "6", "-c", "1", "--http2");
  await new Promise((resolve) => server.close(resolve));
  strictEqual(result.good + result.failed, 6);
  ok(result.good > 0 && result.connected > 1);
});

const TLS = new URL("./testdata/tls/", import.meta.url);
const AUTHORITY = new URL("authority.pem", TLS).pathname;

const CA = ["--ca", AUTHORITY];
const OTHER = ["--sni", "other.test"];

// The certificate is for 127.0.0.1.
// deno-fmt-ignore
const TRUSTS = [
  [[],                                  /UnknownIssuer/],
  [["--http2"],                         /./],
  [CA,                                  undefined],
  [[...CA, ...OTHER],                   /other\.test/],
  [["--insecure"],                      undefined],
  [["--insecure", ...OTHER],            undefined],
  [["--insecure", "--http2"],           undefined],
  [[...CA, "--http2"],                  undefined],
  [[...CA, ...OTHER, "--http2"],        /other\.test/],
] as const;

for (const [words, error] of TRUSTS) {
  const outcome = error === undefined ? "trusts" : "does not trust";
  const shown = words.join(" ").replace(AUTHORITY, "FILE");
  Deno.test(`runLoad() ${outcome} a certificate with "${shown}"`, async () => {
    const cert = await Deno.readTextFile(new URL("here.pem", TLS));
    const key = await Deno.readTextFile(new URL("key.pem", TLS));
    await using server = serveHttp(hello, { cert, key });
    const url = `https://127.0.0.1:${server.port}/`;
    const { code, result } = await load(
      ...["http", url, "-n", "3", "-c", "1", ...words],
    );
    if (error === undefined) {
      deepStrictEqual([code, result.good, result.errors], [0, 3, []]);
    } else {
      strictEqual(code, 1);
      match(result.errors[0]!.what, error);
    }
  });
}

function stopAt(): {
  stop: (signal: StopSignal) => void;
  requests: StopRequests;
} {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  return { stop: resolve, requests: { next: () => promise, close: () => {} } };
}

Deno.test("runLoad() prints what it has measured when it is told to stop", async () => {
  const { stop, requests } = stopAt();
  let count = 0;
  await using server = serveHttp(() => {
    count += 1;
    if (count === 10) stop("SIGINT");
    return hello();
  });
  const { io, stdout } = record("/", { listenForStop: () => requests });
  const url = `http://127.0.0.1:${server.port}/`;
  const args = argsOf("http", url, "-d", "1h", "-c", "1");
  strictEqual(await runLoad(args, io), 130);
  match(stdout(), /^GET http:\/\/127.*: 1 connections, .* s, stopped$/m);
  match(stdout(), /^requests +\d+ /m);
  match(stdout(), /^errors +0 /m);
});

Deno.test("runLoad() prints a summary, errors by how often, and thresholds", async () => {
  let count = 0;
  await using server = serveHttp(() => {
    count += 1;
    const status = count % 5 === 0 ? 503 : count === 1 ? 404 : 200;
    return new Response("x", { status });
  });
  const { io, stdout } = record("/");
  const url = `http://127.0.0.1:${server.port}/`;
  const args = argsOf(
    ...["http", url, "-n", "10", "-c", "1", "--threshold", "errors<50%"],
    ...["--threshold", "good>7"],
  );
  strictEqual(await runLoad(args, io), 1);
  const text = stdout().replace(/[\d.,]+ (ms|s|k?B)/g, "N $1");
  match(text, /^requests +7 +[\d,]+\/s$/m);
  match(text, /^errors +3 +30.0 %$/m);
  ok(text.includes("\nerrors:\n  2  status 503\n  1  status 404\n"));
  const verdicts = "  ✓ errors<50%  30.00 %\n  ✗ good>7  7\n";
  ok(text.endsWith(`\nthresholds:\n${verdicts}`));
});

Deno.test("runLoad() redraws a line on a terminal, and takes it away", async () => {
  await using server = serveHttp(hello);
  const written: string[] = [];
  const stderr = {
    isTerminal: true,
    hasColour: false,
    write: (text: string) => void written.push(text),
    writeBytes: () => {},
  };
  const { io } = record("/", { stderr });
  const url = `http://127.0.0.1:${server.port}/`;
  const words = ["http", url, "--rate", "20", "-d", "1100ms", "-c", "1"];
  strictEqual(await runLoad(argsOf(...words), io), 0);
  ok(written[0]!.startsWith("\r\x1b[K1 s  "));
  match(written[0]!, / {2}\d+ requests {2}\d+\/s {2}1 open {2}0 errors$/);
  strictEqual(written.at(-1), "\r\x1b[K");
});
