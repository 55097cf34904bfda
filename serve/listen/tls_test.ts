import {
  deepStrictEqual,
  match,
  ok,
  rejects,
  strictEqual,
  throws,
} from "node:assert";
import { type AddressInfo, createServer } from "node:net";
import { connect } from "node:tls";
import { TURNED_AWAY_MAX } from "../limits.ts";
import { parseManifest } from "../manifest.ts";
import type { TlsSite } from "../manifest/tls.ts";
import { reply } from "../testdata/test_node.ts";
import { serve, type TestServer } from "../testdata/test_server.ts";
import { RawClient } from "../testdata/raw_client.ts";
import { chooseCertificate, readCertificates, TlsError } from "./tls.ts";

const PEMS = new URL("../testdata/tls/", import.meta.url).pathname;

function pem(name: string): string {
  return Deno.readTextFileSync(PEMS + name);
}

/** Runs `work` with a directory that has the certificate `one` as `cert.pem` and `key.pem`. */
async function withFiles(work: (directory: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  try {
    put(directory, "one");
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function put(directory: string, name: string): void {
  Deno.writeTextFileSync(`${directory}/cert.pem`, pem(`${name}.cert.pem`));
  Deno.writeTextFileSync(`${directory}/key.pem`, pem(`${name}.key.pem`));
}

function site(directory: string, sni: TlsSite["sni"] = new Map()): TlsSite {
  const pair = { cert: `${directory}/cert.pem`, key: `${directory}/key.pem` };
  return { ...pair, sni, at: { line: 1, column: 1 } };
}

/** The name on the certificate that `url` shows to who asks for `servername`. */
function shown(url: string, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({
      ...{ host: hostname, port: Number(port), servername },
      rejectUnauthorized: false,
    }, () => {
      const { subject } = socket.getPeerCertificate();
      socket.once("close", () => resolve(String(subject.CN)));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

async function get(url: string, name: string): Promise<Response> {
  const client = Deno.createHttpClient({ caCerts: [pem(`${name}.cert.pem`)] });
  try {
    const response = await fetch(url.replace("127.0.0.1", "localhost"), {
      client,
    });
    await response.body?.cancel();
    return response;
  } finally {
    client.close();
  }
}

Deno.test("listenHttp() speaks TLS with the certificate of its files", () =>
  withFiles(async (directory) => {
    const urls: string[] = [];
    const { server, url } = serve((self, request) => {
      urls.push(JSON.parse(request.head).url);
      reply(self, request);
    }, { tls: site(directory) });
    match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
    strictEqual((await get(url, "one")).status, 200);
    deepStrictEqual(urls, [`${url.replace("127.0.0.1", "localhost")}/`]);
    await server.stop();
  }));

Deno.test("listenHttp() shows the certificate of the name that a client asks for", () =>
  withFiles(async (directory) => {
    const two = { cert: `${PEMS}two.cert.pem`, key: `${PEMS}two.key.pem` };
    const sni = new Map([["two.test", two], ["*.many.test", two]]);
    const { server, url } = serve(reply, { tls: site(directory, sni) });
    const names = ["two.test", "TWO.test", "a.many.test", "one.test", "b.test"];
    const seen: string[] = [];
    for (const name of names) seen.push(await shown(url, name));
    deepStrictEqual(seen, ["two", "two", "two", "one", "one"]);
    await server.stop();
  }));

/** Lets time pass until `check` says that it is enough. */
async function until({ clock }: TestServer, check: () => boolean) {
  while (!check()) {
    clock.advance(10);
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
}

Deno.test("listenHttp() shows a new certificate when its files change, and keeps the old one while they are wrong", () =>
  withFiles(async (directory) => {
    const served = serve(reply, {
      tls: site(directory),
      admission: { headerTimeoutMs: 1e9 },
    });
    const { server, url, lines } = served;
    strictEqual(await shown(url, "localhost"), "one");
    Deno.writeTextFileSync(`${directory}/cert.pem`, pem("two.cert.pem"));
    await until(served, () => lines.length > 0);
    match(
      lines.join(""),
      /Keeps the certificates of 127\.0\.0\.1:0: Cannot use a key that is not that of /,
    );
    strictEqual(await shown(url, "localhost"), "one");
    lines.length = 0;
    put(directory, "two");
    await until(served, () => lines.join("").includes("new certificates"));
    strictEqual(await shown(url, "localhost"), "two");
    await server.stop();
  }));

Deno.test("listenHttp() goes on when a handshake fails or never ends", () =>
  withFiles(async (directory) => {
    const { server, url, clock } = serve(reply, { tls: site(directory) });
    const plain = await RawClient.connect(url);
    await plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await plain.readAll();
    const half = await RawClient.connect(url);
    await half.send("\x16\x03\x01\x02\x00\x01");
    await rejects(get(url, "two"), TypeError);
    strictEqual((await get(url, "one")).status, 200);
    // Given up, though Deno keeps its file until the client closes it.
    clock.advance(12_000);
    strictEqual((await get(url, "one")).status, 200);
    half.close();
    await server.stop();
  }));

/** Lets event loops turn until `check` says that it is enough. */
async function turns(check: () => boolean | Promise<boolean>) {
  while (!await check()) await new Promise<void>((done) => setTimeout(done));
}

Deno.test("listenHttp() counts a handshake that was given up for its client, until that goes", () =>
  withFiles(async (directory) => {
    const { server, url, clock } = serve(reply, {
      tls: site(directory),
      admission: { connectionsPerClientMax: 1 },
    });
    const half = await RawClient.connect(url);
    await half.send("\x16\x03\x01\x02\x00\x01");
    strictEqual((await get(url, "one")).status, 503);
    clock.advance(12_000);
    strictEqual((await get(url, "one")).status, 503);
    half.close();
    await turns(async () => (await get(url, "one")).status === 200);
    await server.stop();
  }));

Deno.test("listenHttp() accepts no more while too many handshakes do not end", () =>
  withFiles(async (directory) => {
    const { server, url, lines } = serve(reply, {
      tls: site(directory),
      admission: { connectionsMax: 1 },
    });
    const halves = await Promise.all(
      Array.from({ length: 2 + TURNED_AWAY_MAX }, () => RawClient.connect(url)),
    );
    await turns(() => lines.length > 0);
    match(lines.join(""), /too many TLS handshakes do not end/);
    const waits = get(url, "one");
    for (const half of halves) half.close();
    ok([200, 503].includes((await waits).status));
    await turns(async () => (await get(url, "one")).status === 200);
    match(lines.join(""), /Listens again/);
    await server.stop();
  }));

Deno.test("listenHttp() agrees on HTTP/2 with those who want it, and closes them when they do nothing", () =>
  withFiles(async (directory) => {
    const { server, url, clock } = serve(reply, { tls: site(directory) });
    const { hostname, port } = new URL(url);
    const conn = await Deno.connectTls({
      ...{ hostname: "localhost", port: Number(port) },
      ...{ alpnProtocols: ["h2"], caCerts: [pem("one.cert.pem")] },
    });
    strictEqual((await conn.handshake()).alpnProtocol, "h2");
    strictEqual(hostname, "127.0.0.1");
    clock.advance(12_000);
    // All that it had sent, and then the end.
    const rest = new Response(conn.readable).bytes();
    await rest.catch(() => {});
    await server.stop();
  }));

/** The files, and what is told of them. */
// deno-fmt-ignore
const BAD: readonly (readonly [name: string, cert: string, key: string, message: RegExp])[] = [
  ["is missing", "none.pem", "one.key.pem", /^Cannot read for TLS .*none\.pem: .*No such file/],
  ["is none", "README", "one.key.pem", /^Cannot read for TLS .*README: /],
  ["has another key", "one.cert.pem", "two.key.pem", /^Cannot use a key that is not that of .*one\.cert\.pem: .*two\.key\.pem$/],
  ["has no key", "one.cert.pem", "one.cert.pem", /^Cannot read for TLS .*one\.cert\.pem: /],
];

for (const [name, cert, key, message] of BAD) {
  Deno.test(`readCertificates() throws when a certificate ${name}`, () => {
    const files = { cert: PEMS + cert, key: PEMS + key, sni: new Map() };
    throws(() => readCertificates(files), (error: unknown) => {
      match((error as Error).message, message);
      return error instanceof TlsError;
    });
  });
}

Deno.test("listenHttp() leaves nothing behind when the address is in use", () =>
  withFiles(async (directory) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    throws(
      () => serve(reply, { port, tls: site(directory) }),
      Deno.errors.AddrInUse,
    );
    await new Promise((resolve) => other.close(resolve));
  }));

Deno.test("chooseCertificate() takes the whole name before the wildcard, of one label", () => {
  const pair = (cert: string) => ({ cert, key: "" });
  const certificates = {
    own: pair("own"),
    sni: new Map([["a.b", pair("a.b")], ["*.b", pair("*.b")]]),
  };
  const chosen = ["a.b", "A.B", "c.b", "d.c.b", "b", ""].map((name) =>
    chooseCertificate(certificates, name).cert
  );
  deepStrictEqual(chosen, ["a.b", "a.b", "*.b", "own", "own", "own"]);
});

Deno.test("parseManifest() reads who is let in, and the certificates", () => {
  const { listeners: [listener] } = parseManifest(
    `
[components.api]
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
max_connections = 1
max_connections_per_client = 2
max_in_flight_per_client = 3
header_timeout_ms = 4
idle_timeout_ms = 5
body_timeout_ms = 6
write_timeout_ms = 7
trusted_proxies = ["10.0.0.0/8", "::1"]
[serve.tls]
cert = "a.pem"
key = "b.pem"
[serve.tls.sni."*.Two.test"]
cert = "c.pem"
key = "d.pem"
`,
    "rusm.toml",
  );
  ok(listener?.protocol === "http");
  deepStrictEqual(listener.admission, {
    connectionsMax: 1,
    connectionsPerClientMax: 2,
    inFlightPerClientMax: 3,
    headerTimeoutMs: 4,
    idleTimeoutMs: 5,
    bodyTimeoutMs: 6,
    writeTimeoutMs: 7,
    trustedProxies: ["10.0.0.0/8", "::1"],
  });
  deepStrictEqual(listener.tls, {
    ...{ cert: "a.pem", key: "b.pem", at: { line: 15, column: 1 } },
    sni: new Map([["*.two.test", { cert: "c.pem", key: "d.pem" }]]),
  });
});

Deno.test("parseManifest() tells what is wrong with them", () => {
  const text = `
[components.api]
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
header_timeout_ms = 0
trusted_proxies = ["here"]
[serve.tls]
cert = "a.pem"
[serve.tls.sni]
"a b" = {}
two = 2
`;
  throws(() => parseManifest(text, "m"), (error: unknown) => {
    match(
      (error as Error).message,
      /7:21: Out of range[^\n]*\n[^\n]*8:\d+: Cannot read a network[^\n]*\n[^\n]*9:1: Missing key in \[serve\.tls\][^\n]*\n[^\n]*12:1: Cannot be asked for[^\n]*\n[^\n]*13:7: Wrong type for \[serve\.tls\.sni\.two\]/,
    );
    return true;
  });
});
