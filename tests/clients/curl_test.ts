import { match, strictEqual } from "node:assert";
import { runProgram, testWith } from "./program.ts";
import { ORIGIN, PEMS, type Site, withSite } from "./site.ts";

/** What curl was answered. */
interface Answer {
  /** What curl complains of, version of HTTP, status and body; a long body is its length. */
  readonly summary: string;
  /** All heads that came. */
  readonly heads: string;
  /** The body, decoded where it was encoded and curl was told to. */
  readonly body: Uint8Array;
}

async function curl(site: Site, args: readonly string[]): Promise<Answer> {
  const told = ["-sS", "-i", "-w", "%{stderr}%{http_version} %{http_code}"];
  const { printed, errors } = await runProgram(
    "curl",
    [...told, ...args],
    site.directory,
  );
  const { heads, body } = cutHeads(printed);
  const text = new TextDecoder().decode(body);
  const shown = body.length > 200 ? `${body.length} bytes` : text;
  return { summary: `${errors} ${shown}`.trim(), heads, body };
}

// Interim responses have heads, too.
function cutHeads(bytes: Uint8Array): Pick<Answer, "heads" | "body"> {
  const text = String.fromCharCode(...bytes.subarray(0, 8_192));
  let at = 0;
  while (text.startsWith("HTTP/", at)) at = text.indexOf("\r\n\r\n", at) + 4;
  return { heads: text.slice(0, at).toLowerCase(), body: bytes.subarray(at) };
}

/** What is asked, with which options, what is answered, and parts of its heads. */
type Row = readonly [
  what: string,
  args: string,
  summary: string | RegExp,
  ...heads: RegExp[],
];

const BIG = "--data-binary @big";
const HUGE = "--data-binary @huge";
const CHUNKED = "-H transfer-encoding:chunked";
const PREFLIGHT = "-X OPTIONS -H access-control-request-method:PUT -H origin:";

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["HTTP/1.1",                      "HTTP/text",                         "1.1 200 text", /^http\/1\.1 200 ok\r\n/, /\r\ndate: /],
  ["HTTP/1.0",                      "-0 HTTP/text",                      "1 200 text"],
  ["to upgrade, which ends in 1.1", "--http2 HTTP/text",                 "1.1 200 text"],
  ["HTTP/2 from the start",         "--http2-prior-knowledge HTTP/text", "2 200 text"],
  ["HTTP/2 by ALPN",                "--cacert ONE HTTPS/text",           "2 200 text"],
  ["HTTP/1.1 by ALPN",              "--cacert ONE --http1.1 HTTPS/text", "1.1 200 text"],
  ["TLS 1.2",                       "--cacert ONE --tls-max 1.2 HTTPS/text", "2 200 text"],
  ["any certificate",               "-k HTTPS/text",                     "2 200 text"],
  ["a name with its certificate",   "--cacert TWO --resolve two.test:PORT:127.0.0.1 https://two.test:PORT/text", "2 200 text"],
  ["a file",                        "HTTP/files/large.bin",              "1.1 200 300000 bytes", /\r\netag: /, /\r\naccept-ranges: bytes\r/, /\r\ncontent-type: application\/octet-stream\r/],
  ["a file by HTTP/2",              "-k HTTPS/files/large.bin",          "2 200 300000 bytes"],
  ["its length",                    "-I HTTP/files/large.bin",           "1.1 200", /\r\ncontent-length: 300000\r/],
  ["its length by HTTP/2",          "-k -I HTTPS/files/large.bin",       "2 200", /\r\ncontent-length: 300000\r/],
  ["a file that is not there",      "HTTP/files/none",                   "1.1 404 not found"],
  ["what is too short to compress", "--compressed HTTP/files/none",      "1.1 404 not found", /^(?![^]*content-encoding)/],
  ["a file outside",                "--path-as-is HTTP/files/../rusm.toml", "1.1 404 not found"],
  ["its begin",                     "-r 0-299 HTTP/files/large.bin",     "1.1 206 300 bytes", /\r\ncontent-range: bytes 0-299\/300000\r/],
  ["its end",                       "-r 299700- HTTP/files/large.bin",   "1.1 206 300 bytes", /\r\ncontent-range: bytes 299700-299999\/300000\r/],
  ["its last bytes",                "-r -300 HTTP/files/large.bin",      "1.1 206 300 bytes", /\r\ncontent-range: bytes 299700-299999\/300000\r/],
  ["several parts, and gets all",   "-r 0-1,5-6 HTTP/files/large.bin",   "1.1 200 300000 bytes"],
  ["a part beyond it",              "-r 300000- HTTP/files/large.bin",   "1.1 416 range not satisfiable", /\r\ncontent-range: bytes \*\/300000\r/],
  ["what is older than it",         "-z 20010101 HTTP/files/text.txt", "1.1 200 41000 bytes"],
  ["what is newer than it",         "-z 20370101 HTTP/files/text.txt", "1.1 304"],
  ["all codings",                   "--compressed HTTP/files/text.txt",  "1.1 200 41000 bytes", /\r\ncontent-encoding: zstd\r/],
  ["brotli",                        "--compressed -H accept-encoding:br HTTP/files/text.txt", "1.1 200 41000 bytes", /\r\ncontent-encoding: br\r/],
  ["gzip",                          "--compressed -H accept-encoding:gzip HTTP/files/text.txt", "1.1 200 41000 bytes", /\r\ncontent-encoding: gzip\r/],
  ["zstd by HTTP/2",                "-k --compressed HTTPS/files/text.txt", "2 200 41000 bytes", /\r\ncontent-encoding: zstd\r/],
  ["what breaks off",               "HTTP/half",                         /^curl: \(18\) transfer closed .*\n1\.1 200/],
  ["a body back",                   "-d abc HTTP/echo",                  "1.1 200 abc"],
  ["a body of a megabyte back",     `${BIG} HTTP/echo`,                  "1.1 200 1000000 bytes"],
  ["the same by HTTP/2",            `-k ${BIG} HTTPS/echo`,              "2 200 1000000 bytes"],
  ["to send a file",                "-T big HTTP/size",                  "1.1 200 1000000"],
  ["to send it in chunks",          `-T big ${CHUNKED} HTTP/size`,       "1.1 200 1000000"],
  ["to send it by HTTP/2",          "-k -T big HTTPS/size",              "2 200 1000000"],
  ["before it sends",               `--expect100-timeout 50 -H expect:100-continue ${BIG} HTTP/size`, "1.1 200 1000000", /^http\/1\.1 100 continue\r\n/],
  ["for what is too large",         `--expect100-timeout 50 -H expect:100-continue ${HUGE} HTTP/size`, "1.1 413 content too large"],
  ["for what grows too large",      `${CHUNKED} ${HUGE} HTTP/size`,      "1.1 413 content too large"],
  ["what may be asked",             "-X OPTIONS HTTP/seen",              "1.1 204", /\r\nallow: [a-z, ]*put/],
  ["by another method",             "-X PATCH HTTP/seen",                "1.1 405 method not allowed", /\r\nallow: /],
  ["by DELETE with a body",         "-X DELETE -d abc HTTP/seen",        "1.1 200 323 bytes"],
  ["whether a page may",            `${PREFLIGHT}${ORIGIN} HTTP/seen`,   "1.1 204", /\r\naccess-control-allow-methods: get, ?put\r/],
  ["whether another may",           `${PREFLIGHT}https://a.test HTTP/seen`, "1.1 204", /^(?![^]*access-control-allow)/],
  ["a redirect",                    "HTTP/moved",                        "1.1 307", /\r\nlocation: http:\/\/a\/b\r/],
  ["a path that no route has",      "HTTP/none/at/all",                  "1.1 404 not found"],
  ["with a head too large",         "-H @wide HTTP/text",                "1.1 400"],
  ["events",                        "-N SSE/?end",                       "1.1 200 data: last 0\n\ndata: last 1\n\ndata: last 2\n\ndata: last 3\n\ndata: last 4", /\r\ncontent-type: text\/event-stream/],
  ["events by HTTP/2",              "-N --http2-prior-knowledge SSE/?end", "2 200 data: last 0\n\ndata: last 1\n\ndata: last 2\n\ndata: last 3\n\ndata: last 4"],
];

testWith(
  "curl",
  "curl",
  "is answered as it asks",
  (t) =>
    withSite(async (site) => {
      await fill(site.directory);
      for (const [what, args, summary, ...heads] of ROWS) {
        await t.step(`asks ${what}`, async () => {
          const answer = await curl(site, argsOf(site, args));
          if (summary instanceof RegExp) match(answer.summary, summary);
          else strictEqual(answer.summary, summary);
          for (const head of heads) match(answer.heads, head);
        });
      }
      await site.idle();
    }),
);

testWith(
  "curl",
  "curl",
  "gets a stream as it comes, and leaves",
  () =>
    withSite(async (site) => {
      const command = `curl -sN ${site.http}/slow?20 | head -c 15`;
      const { printed } = await runProgram("sh", ["-c", command]);
      strictEqual(new TextDecoder().decode(printed), "tick\n".repeat(3));
      await site.idle();
    }),
);

async function fill(directory: string): Promise<void> {
  await Deno.writeFile(`${directory}/big`, new Uint8Array(1_000_000));
  await Deno.writeFile(`${directory}/huge`, new Uint8Array(5_000_000));
  const wide = Array.from({ length: 60 }, () => `x-wide: ${"x".repeat(2_000)}`);
  await Deno.writeTextFile(`${directory}/wide`, wide.join("\n"));
}

function argsOf(site: Site, args: string): string[] {
  const words: Record<string, string> = {
    HTTPS: site.https.replace("127.0.0.1", "localhost"),
    HTTP: site.http,
    SSE: site.sse,
    ONE: `${PEMS}one.cert.pem`,
    TWO: `${PEMS}two.cert.pem`,
    PORT: new URL(site.https).port,
  };
  const pattern = new RegExp(`\\b(${Object.keys(words).join("|")})\\b`, "g");
  return args.split(" ").map((arg) =>
    arg.replaceAll(pattern, (word) => words[word]!)
  );
}
