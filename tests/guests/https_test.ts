/** Requests through TLS, by a command that `rusm exec` runs. */

import { strictEqual } from "node:assert";

import { runCli } from "../../cli/exec/testdata/cli.ts";
import { builtPath } from "./paths.ts";

const TLS = new URL("../../wasm/wasi/p2/testdata/tls/", import.meta.url);
const AUTHORITY = new URL("authority.pem", TLS).pathname;
const KEY = await read("key");

function read(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`${name}.pem`, TLS));
}

/** Runs `work` with the port of a server that has the certificate `name`. */
async function withServer(
  name: string,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    {
      ...{ port: 0, hostname: "127.0.0.1", onListen() {} },
      ...{ cert: await read(name), key: KEY },
    },
    async (request) => {
      if (request.url.endsWith("/much")) return new Response("y".repeat(1e6));
      const { length } = await request.text();
      return new Response(`${request.method} ${length}`);
    },
  );
  try {
    await work(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

/** What the guest prints: without headers, and of a body that is long its length. */
async function request(
  words: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const guest = builtPath("p2_http").pathname;
  const args = ["exec", "--capability", "network-client", guest, "--"];
  const { stdout, stderr } = await runCli([...args, ...words.split(" ")], {
    cwd: Deno.cwd(),
    env,
  });
  strictEqual(stderr, "");
  const [status = "", ...rest] = stdout.trimEnd().split("\n");
  const body = rest.at(-1) ?? "";
  if (rest.length === 0) return status;
  return `${status} ${body.length > 99 ? body.length : body}`;
}

const TRUSTING = { DENO_CERT: AUTHORITY };
const REFUSED = "error: TLS-certificate-error";

type Row = readonly [
  certificate: string,
  env: Readonly<Record<string, string>>,
  words: string,
  printed: string,
];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["here",      TRUSTING, "get https://localhost:PORT/",                 "200 GET 0"],
  ["here",      TRUSTING, "get https://127.0.0.1:PORT/",                 "200 GET 0"],
  ["here",      TRUSTING, "get https://localhost:PORT/much",             "200 1000000"],
  ["here",      TRUSTING, "upload POST https://localhost:PORT/ 3000000", "200 POST 3000000"],
  ["elsewhere", TRUSTING, "get https://localhost:PORT/",                 REFUSED],
  ["expired",   TRUSTING, "get https://localhost:PORT/",                 REFUSED],
  ["here",      {},       "get https://localhost:PORT/",                 REFUSED],
  ["here",      { NODE_EXTRA_CA_CERTS: AUTHORITY }, "get https://localhost:PORT/", "200 GET 0"],
];

for (const [certificate, env, words, printed] of ROWS) {
  const given = Object.keys(env).join() || "nothing";
  Deno.test(`p2_http ${words} prints ${printed}, given ${given} and a certificate of ${certificate}`, () =>
    withServer(certificate, async (port) => {
      const line = words.replace("PORT", `${port}`);
      strictEqual(await request(line, env), printed);
    }));
}
