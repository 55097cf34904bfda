import { deepStrictEqual, match, strictEqual } from "node:assert";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parseRoutes } from "../routes.ts";
import { serve } from "../testdata/test_server.ts";

const run = promisify(execFile);

/** A directory, an app that serves it, and what is asked for with curl. */
async function withFiles(
  test: (
    ask: (path: string, ...args: string[]) => Promise<Got>,
    directory: string,
  ) => Promise<void>,
): Promise<void> {
  const outside = await Deno.makeTempDir();
  const directory = `${outside}/public`;
  await fillDirectory(directory, outside);
  const { table } = parseRoutes([["GET /s/*", `dir:${directory}`]]);
  const server = serve(undefined, { target: table });
  try {
    await test((path, ...args) => curl(server.url + path, args), directory);
  } finally {
    await server.server.stop();
    await Deno.remove(outside, { recursive: true });
  }
}

async function fillDirectory(directory: string, outside: string) {
  await Deno.mkdir(`${directory}/docs`, { recursive: true });
  await Deno.mkdir(`${directory}/empty`);
  await Deno.mkdir(`${directory}/.well-known`);
  await Deno.writeTextFile(`${directory}/a.txt`, "0123456789");
  await Deno.writeTextFile(`${directory}/a b.html`, "<p>");
  await Deno.writeTextFile(`${directory}/none.txt`, "");
  await Deno.writeTextFile(`${directory}/index.html`, "root");
  await Deno.writeTextFile(`${directory}/docs/index.html`, "docs");
  await Deno.writeTextFile(`${directory}/.env`, "secret");
  await Deno.writeTextFile(`${directory}/.well-known/x`, "known");
  await Deno.writeTextFile(`${outside}/secret.txt`, "secret");
  await Deno.symlink(`${outside}/secret.txt`, `${directory}/out.txt`);
  await Deno.symlink(outside, `${directory}/up`);
  await Deno.symlink(`${directory}/.env`, `${directory}/env.txt`);
  await Deno.symlink(`${directory}/a.txt`, `${directory}/in.txt`);
  await Deno.symlink("loop", `${directory}/loop`);
  await Deno.mkdir(`${directory}/packed`);
  await Deno.writeTextFile(`${directory}/packed/p.css`, "a{}");
  await Deno.writeTextFile(`${directory}/packed/p.css.br`, "brotli");
  await Deno.writeTextFile(`${directory}/packed/p.css.gz`, "gzip");
  await Deno.writeFile(`${directory}/large.bin`, large());
  await run("mkfifo", [`${directory}/fifo`]);
}

function large(): Uint8Array {
  return Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
}

interface Got {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  header(name: string): string | undefined;
}

async function curl(url: string, args: readonly string[]): Promise<Got> {
  const all = ["-s", "-i", "--path-as-is", "--max-time", "20", ...args, url];
  const { stdout } = await run("curl", all, { encoding: "latin1" });
  const end = stdout.indexOf("\r\n\r\n");
  const head = stdout.slice(0, end);
  return {
    status: Number(head.split(" ")[1]),
    head,
    body: stdout.slice(end + 4),
    header: (name) =>
      new RegExp(`^${name}: (.*)$`, "im").exec(head.replaceAll("\r", ""))?.[1],
  };
}

// deno-fmt-ignore
const PATHS: readonly (readonly [path: string, status: number, body?: string])[] = [
  ["/s/a.txt",                 200, "0123456789"],
  ["/s/a.txt?b=/",             200, "0123456789"],
  ["/s/a%20b.html",            200, "<p>"],
  ["/s/none.txt",              200, ""],
  ["/s/in.txt",                200, "0123456789"],
  ["/s/.well-known/x",         200, "known"],
  ["/s/docs/",                 200, "docs"],
  ["/s/docs",                  308, ""],
  ["/s",                       200, "root"],
  ["/s/",                      200, "root"],
  // What is not there
  ["/s/b.txt",                 404],
  ["/s/a.txt/",                404],
  ["/s/a.txt/b",               404],
  ["/s/empty/",                404],
  ["/s/fifo",                  404],
  ["/s/loop",                  404],
  [`/s/${"a".repeat(300)}`,    404],
  // What is not for clients
  ["/s/.env",                  404],
  ["/s/env.txt",               404],
  ["/s/out.txt",               404],
  ["/s/up/secret.txt",         404],
  ["/s/../secret.txt",         404],
  ["/s/docs/../../secret.txt", 404],
  ["/s/%2e%2e/secret.txt",     404],
  ["/s/..%2fsecret.txt",       404],
  ["/s/docs%2findex.html",     404],
  ["/s/..%5csecret.txt",       404],
  ["/s/a.txt%00.html",         404],
  ["/s/%ff",                   400],
];

Deno.test("answerWithFile() answers what is below its directory, and nothing else", async () => {
  await withFiles(async (ask) => {
    const got: unknown[] = [];
    for (const [path, , body] of PATHS) {
      const answer = await ask(path);
      got.push([
        path,
        answer.status,
        ...body === undefined ? [] : [answer.body],
      ]);
    }
    deepStrictEqual(got, PATHS);
  });
});

Deno.test("answerWithFile() says what a file is", async () => {
  await withFiles(async (ask) => {
    const got = await ask("/s/a.txt");
    strictEqual(got.header("content-type"), "text/plain;charset=UTF-8");
    strictEqual(got.header("content-length"), "10");
    strictEqual(got.header("accept-ranges"), "bytes");
    strictEqual(got.header("x-content-type-options"), "nosniff");
    match(got.header("etag")!, /^W\/"a-[0-9a-f]+"$/);
    match(got.header("last-modified")!, / GMT$/);
  });
});

Deno.test("answerWithFile() answers HEAD with the head of GET", async () => {
  await withFiles(async (ask) => {
    const got = await ask("/s/large.bin", "--head");
    deepStrictEqual([got.status, got.body], [200, ""]);
    strictEqual(got.header("content-length"), "300000");
  });
});

Deno.test("answerWithFile() streams a large file, and a part of it", async () => {
  await withFiles(async (ask) => {
    const whole = await ask("/s/large.bin");
    const bytes = new TextDecoder("latin1").decode(large());
    strictEqual(Buffer(whole.body), Buffer(bytes));
    const part = await ask("/s/large.bin", "-r", "1000-200000");
    strictEqual(part.header("content-range"), "bytes 1000-200000/300000");
    strictEqual(part.body.length, 199_001);
    strictEqual(part.body.charCodeAt(0), 1000 % 251);
  });
});

// Latin-1 of two readers differs from 0x80 to 0x9f.
function Buffer(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, "?");
}

// deno-fmt-ignore
const RANGES = [
  ["2-4",      206, "234",         "bytes 2-4/10"],
  ["-3",       206, "789",         "bytes 7-9/10"],
  ["8-",       206, "89",          "bytes 8-9/10"],
  ["0-1,4-5",  200, "0123456789",  undefined],
  ["10-",      416, undefined,     "bytes */10"],
] as const;

Deno.test("answerWithFile() answers with a part", async () => {
  await withFiles(async (ask) => {
    for (const [range, status, body, contentRange] of RANGES) {
      const got = await ask("/s/a.txt", "-r", range);
      strictEqual(got.status, status);
      strictEqual(got.header("content-range"), contentRange);
      if (body !== undefined) strictEqual(got.body, body);
    }
    const stale = ["-H", "If-Range: Thu, 01 Jan 1970 00:00:01 GMT"];
    strictEqual((await ask("/s/a.txt", "-r", "2-4", ...stale)).status, 200);
  });
});

Deno.test("answerWithFile() answers 304 to who has the file", async () => {
  await withFiles(async (ask) => {
    const first = await ask("/s/a.txt");
    const etag = first.header("etag")!;
    const same = await ask("/s/a.txt", "-H", `If-None-Match: ${etag}`);
    deepStrictEqual([same.status, same.body], [304, ""]);
    strictEqual(same.header("etag"), etag);
    const since = `If-Modified-Since: ${first.header("last-modified")}`;
    strictEqual((await ask("/s/a.txt", "-H", since)).status, 304);
    strictEqual(
      (await ask("/s/a.txt", "-H", 'If-None-Match: "x"')).status,
      200,
    );
  });
});

Deno.test("answerWithFile() redirects to a directory of the same host", async () => {
  await withFiles(async (ask) => {
    strictEqual((await ask("/s/docs?a=1")).header("location"), "./docs/?a=1");
    strictEqual((await ask("//s//docs")).header("location"), "./docs/");
  });
});

// deno-fmt-ignore
const PACKED = [
  ["gzip, br",       "br",       "brotli"],
  ["gzip",           "gzip",     "gzip"],
  ["gzip, br;q=0.5", "gzip",     "gzip"],
  ["zstd",           undefined,  "a{}"],
] as const;

Deno.test("answerWithFile() prefers a file that is compressed already", async () => {
  await withFiles(async (ask, directory) => {
    for (const [accepted, coding, body] of PACKED) {
      const got = await ask(
        "/s/packed/p.css",
        "-H",
        `Accept-Encoding: ${accepted}`,
      );
      strictEqual(got.header("content-encoding"), coding);
      strictEqual(got.header("content-type"), "text/css;charset=UTF-8");
      strictEqual(got.header("vary"), "accept-encoding");
      strictEqual(got.body, body);
    }
    await Deno.utime(`${directory}/packed/p.css.br`, 1, 1);
    const stale = await ask("/s/packed/p.css", "-H", "Accept-Encoding: br");
    strictEqual(stale.body, "a{}");
  });
});

Deno.test("answerWithFile() closes the file of a client that leaves", async () => {
  await withFiles(async (_, directory) => {
    const { table } = parseRoutes([["GET /*", `dir:${directory}`]]);
    const { server, url } = serve(undefined, { target: table });
    const response = await fetch(`${url}/large.bin`);
    await response.body?.cancel();
    server.cut();
    await server.stop();
  });
});
