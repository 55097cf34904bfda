import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { withDirectory } from "../testdata/recorder.ts";
import { loadOptionsOf } from "./options.ts";
import { argsOf } from "./testdata/args.ts";

const URLS = {
  http: "http://127.0.0.1:8080/a?b",
  ws: "ws://127.0.0.1:8080/",
  sse: "http://127.0.0.1:8080/",
  conn: "tcp://127.0.0.1:8080",
};

async function planOf(kind: keyof typeof URLS, ...words: readonly string[]) {
  const args = argsOf(kind, URLS[kind], ...words);
  return (await loadOptionsOf(args, "/")).plan;
}

Deno.test("loadOptionsOf() has a closed loop of ten seconds when nothing is said", async () => {
  const args = argsOf("http", URLS.http);
  const { plan, threads, thresholds, isJson } = await loadOptionsOf(args, "/");
  deepStrictEqual([threads, thresholds, isJson], [1, [], false]);
  deepStrictEqual(plan, {
    kind: "http",
    target: { url: URLS.http, hostname: "127.0.0.1", port: 8080 },
    sent: {
      method: "GET",
      headers: [],
      body: new Uint8Array(),
      isBinary: false,
    },
    connections: { start: 64, stages: [] },
    durationMs: 10_000,
    warmupMs: 0,
    requestsMax: Infinity,
    timeoutMs: 10_000,
    statuses: [],
    wantsSameBody: false,
    keepsAlive: true,
    isHttp2: false,
    holds: false,
  });
});

const STAGES = ["--stage", "1s:10", "--stage", "500ms:0"];
const COURSE = [{ ms: 1_000, target: 10 }, { ms: 500, target: 0 }];

// deno-fmt-ignore
const LOADS = [
  [["--rate", "50"],              { start: 50, stages: [] },     { start: 64, stages: [] },     10_000],
  [["--rate", "5", ...STAGES],    { start: 5, stages: COURSE },  { start: 64, stages: [] },     1_500],
  [STAGES,                        undefined,                     { start: 1, stages: COURSE },  1_500],
  [["-c", "5", ...STAGES],        undefined,                     { start: 5, stages: COURSE },  1_500],
  [["-d", "2", ...STAGES],        undefined,                     { start: 1, stages: COURSE },  2_000],
  [["-c", "1_000", "-d", "1m"],   undefined,                     { start: 1_000, stages: [] },  60_000],
  [["--requests", "9"],           undefined,                     { start: 64, stages: [] },     Infinity],
  [["-n", "9", "-d", "1s"],       undefined,                     { start: 64, stages: [] },     1_000],
  [["-d", "1", "--warmup", "2"],  undefined,                     { start: 64, stages: [] },     3_000],
] as const;

for (const [words, rate, connections, durationMs] of LOADS) {
  Deno.test(`loadOptionsOf() knows how much load "${words.join(" ")}" is`, async () => {
    const plan = await planOf("http", ...words);
    deepStrictEqual(
      [plan.rate, plan.connections, plan.durationMs],
      [rate, connections, durationMs],
    );
  });
}

Deno.test("loadOptionsOf() reads the files that it is given", async () => {
  const files = { "body.txt": "from a file", "ca.pem": "a certificate" };
  await withDirectory(files, async (directory) => {
    const args = argsOf(
      ...["http", "https://[::1]:1/", "--body", "@body.txt", "--ca", "ca.pem"],
      ...["--sni", "a.test", "-k", "-H", "A: b", "-H", "c:d:e"],
    );
    const { plan } = await loadOptionsOf(args, directory);
    strictEqual(new TextDecoder().decode(plan.sent.body), "from a file");
    deepStrictEqual(plan.sent.headers, [["A", "b"], ["c", "d:e"]]);
    deepStrictEqual(plan.target, {
      url: "https://[::1]:1/",
      hostname: "::1",
      port: 1,
      tls: {
        serverName: "a.test",
        authorities: ["a certificate"],
        isInsecure: true,
      },
    });
  });
});

Deno.test("loadOptionsOf() makes up a message of the size that it is given", async () => {
  const { sent } = await planOf("ws", "--size", "3", "--binary");
  deepStrictEqual(sent.body, Uint8Array.from([120, 120, 120]));
  strictEqual(sent.isBinary, true);
  strictEqual((await planOf("ws")).sent.body.length, 64);
  strictEqual((await planOf("ws", "--body", "hi")).sent.body.length, 2);
});

Deno.test("loadOptionsOf() has no more threads than connections", async () => {
  const threadsOf = async (...words: readonly string[]) => {
    const args = argsOf("http", URLS.http, "--threads", "8", ...words);
    return (await loadOptionsOf(args, "/")).threads;
  };
  strictEqual(await threadsOf(), 8);
  strictEqual(await threadsOf("-c", "3"), 3);
  strictEqual(await threadsOf("--stage", "1:5"), 5);
});

const SCHEMES = [
  ["http", "ws://a/", "Expected a URL of http: or https:: ws://a/"],
  ["ws", "http://a/", "Expected a URL of ws: or wss:: http://a/"],
  ["http", "a", "Expected a URL of http: or https:: a"],
  [
    "conn",
    "tcp://127.0.0.1",
    "Expected a URL of tcp: or tls: or http: or https: or ws: or wss:: tcp://127.0.0.1",
  ],
  [
    "htp",
    "http://a/",
    'Unknown kind "htp": did you mean "http"?',
  ],
] as const;

for (const [kind, url, message] of SCHEMES) {
  Deno.test(`loadOptionsOf() rejects ${kind} ${url}`, async () => {
    const args = argsOf(kind, url);
    await rejects(loadOptionsOf(args, "/"), { name: "UsageError", message });
  });
}

// deno-fmt-ignore
const REFUSED = [
  ["sse",  ["--rate", "5"],            "Cannot load sse with --rate"],
  ["sse",  ["--requests", "5"],        "Cannot load sse with --requests"],
  ["ws",   ["--method", "POST"],       "Cannot load ws with --method"],
  ["ws",   ["--http2"],                "Cannot load ws with --http2"],
  ["http", ["--size", "5"],            "Cannot load http with --size"],
  ["http", ["--hold"],                 "Cannot load http with --hold"],
  ["conn", ["--status", "200"],        "Cannot load conn with --status"],
  ["http", ["-c", "0"],                "Expected a whole number, 1 to 1000000, behind --connections: 0"],
  ["http", ["--rate", "x"],            "Expected a whole number, 0 to 10000000, behind --rate: x"],
  ["http", ["--stage", "10s"],         "Expected a stage such as 30s:500: 10s"],
  ["http", ["--stage", "1:2:3"],       "Expected a stage such as 30s:500: 1:2:3"],
  ["http", ["--stage", "1s:2000000"],  "Expected at most 1000000 connections behind --stage: 2000000"],
  ["http", ["-d", "0"],                "Expected a time such as 500ms, 10s or 5m behind --duration: 0"],
  ["http", ["--stage", "1s:5", "--warmup", "1s"], "Expected a run longer than its warm-up, and up to 2147483647 ms: 1000 ms"],
  ["http", ["--timeout", "0"],         "Expected a time such as 500ms, 10s or 5m behind --timeout: 0"],
  ["http", ["--method", "A B"],        "Expected a method such as POST: A B"],
  ["http", ["-H", "nothing"],          "Expected a header such as 'Accept: */*': nothing"],
  ["http", ["-H", "a: b\r\nc: d"],     "Expected a header such as 'Accept: */*': a: b\r\nc: d"],
  ["http", ["--status", "99"],         "Expected a whole number, 100 to 999, behind --status: 99"],
  ["http", ["--threads", "0"],         "Expected a whole number, 1 to 64, behind --threads: 0"],
  ["http", ["--threshold", "p99"],     "Expected a threshold such as p99<50ms, of pN, mean, max, gap-pN, gap-max, errors, rate, good: p99"],
] as const;

for (const [kind, words, message] of REFUSED) {
  const line = JSON.stringify([kind, ...words].join(" "));
  Deno.test(`loadOptionsOf() rejects ${line}`, async () => {
    await rejects(planOf(kind, ...words), { name: "UsageError", message });
  });
}
