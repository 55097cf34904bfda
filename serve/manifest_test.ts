import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUILT_IN_PROFILES } from "@rusm/wasm";
import { ManifestError } from "./errors.ts";
import { loadManifest, parseManifest } from "./manifest.ts";
import { CODINGS } from "./content/coding.ts";
import { readContent } from "./manifest/content.ts";
import {
  readAdmission,
  readClientLimits,
  readConnectionLimits,
} from "./manifest/admission.ts";
import { matchRoute } from "./routes.ts";

Deno.test("parseManifest() has defaults for all that is absent", () => {
  const manifest = parseManifest("", "app/rusm.toml");
  strictEqual(manifest.path, "app/rusm.toml");
  strictEqual(manifest.directory, join(Deno.cwd(), "app"));
  strictEqual(manifest.logLevel, "info");
  strictEqual(manifest.logFormat, "text");
  deepStrictEqual(manifest.listeners, []);
  deepStrictEqual(manifest.components, new Map());
});

Deno.test("parseManifest() reads a listener with defaults", () => {
  const text = `
[components.api]

  [[serve]]
  protocol = "http"
  listen = "127.0.0.1:0"
  component = "api"
`;
  const { listeners, components } = parseManifest(text, "rusm.toml");
  deepStrictEqual(listeners, [{
    protocol: "http",
    hostname: "127.0.0.1",
    port: 0,
    target: "api",
    requestTimeoutMs: 30_000,
    bodyBytesMax: 8_388_608,
    inFlightMax: 1_024,
    admission: readAdmission({}),
    tls: undefined,
    content: readContent({}),
    at: { line: 4, column: 3 },
  }]);
  deepStrictEqual(components.get("api"), {
    name: "api",
    capability: BUILT_IN_PROFILES.get("sandboxed"),
    isolation: "shared",
    isResident: false,
    at: { line: 2, column: 1 },
  });
});

Deno.test("parseManifest() reads where code comes from", () => {
  const text = `[node]
store = "s"
dynamic_wasm_ttl_secs = 60
[components.a]
source = "kv:b/k"
[components.b]
source = "url:https://a.test/x"
[components.c]
dynamic = "wasm"
entry = "main"
`;
  const { components, dynamicTtlMs } = parseManifest(text, "rusm.toml");
  strictEqual(dynamicTtlMs, 60_000);
  const [a, b, c] = ["a", "b", "c"].map((name) => components.get(name)!);
  deepStrictEqual(a?.source, { type: "kv", bucket: "b", key: "k" });
  const url = new URL("https://a.test/x");
  deepStrictEqual(b?.source, { type: "url", url });
  deepStrictEqual([c?.dynamic, c?.entry], ["wasm", "main"]);
});

Deno.test("parseManifest() reads what a listener adds to responses", () => {
  const text = `[components.api]
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
compression = ["gzip", "br"]
[serve.headers]
X-Frame-Options = "DENY"
[serve.cors]
origins = ["https://a.example", "http://LOCALHOST:8080"]
methods = ["get", "PUT"]
headers = ["content-type"]
expose = ["x-a"]
credentials = true
max_age_seconds = 600
`;
  const [listener] = parseManifest(text, "rusm.toml").listeners;
  strictEqual(listener?.protocol, "http");
  deepStrictEqual(listener.content, {
    headers: [["x-frame-options", "DENY"]],
    cors: {
      origins: ["https://a.example", "http://localhost:8080"],
      methods: ["GET", "PUT"],
      headers: ["content-type"],
      expose: ["x-a"],
      credentials: true,
      maxAgeSeconds: 600,
    },
    codings: ["gzip", "br"],
  });
});

for (const [written, codings] of [["true", CODINGS], ["false", []]] as const) {
  Deno.test(`parseManifest() reads compression = ${written}`, () => {
    const text = `[components.api]
[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "api"
compression = ${written}
cors = { origins = ["*"] }
`;
    const [listener] = parseManifest(text, "rusm.toml").listeners;
    strictEqual(listener?.protocol, "http");
    deepStrictEqual(listener.content.codings, codings);
    deepStrictEqual(listener.content.cors, {
      origins: ["*"],
      methods: ["GET", "HEAD", "POST"],
      headers: [],
      expose: [],
      credentials: false,
      maxAgeSeconds: undefined,
    });
  });
}

Deno.test("parseManifest() reads every key of a component", () => {
  const text = `[components.clock]
capability = "trusted"
isolation = "dedicated"
resident = true
entry = "tick"
`;
  const { components } = parseManifest(text, "rusm.toml");
  deepStrictEqual(components.get("clock"), {
    name: "clock",
    capability: BUILT_IN_PROFILES.get("trusted"),
    isolation: "dedicated",
    isResident: true,
    entry: "tick",
    at: { line: 1, column: 1 },
  });
});

const WS = `
[[serve]]
protocol = "ws"
listen = "127.0.0.1:0"
component = "chat"
`;
const AT_WS = {
  ...{ protocol: "ws", hostname: "127.0.0.1", port: 0, target: "chat" },
  ...{ tls: undefined, at: { line: 2, column: 1 } },
};

Deno.test("parseManifest() reads a listener of WebSockets with defaults", () => {
  const text = `${WS}[components.chat]`;
  deepStrictEqual(parseManifest(text, "rusm.toml").listeners, [{
    ...AT_WS,
    ...{ admission: readClientLimits({}), handshakeTimeoutMs: 10_000 },
    ...{ allowedOrigins: [], subprotocols: [], compression: false },
    ...{ messageBytesMax: 1_048_576, queuedMessagesMax: 1_024 },
    ...{ queuedBytesMax: 8_388_608, pingIntervalMs: 30_000 },
    pongTimeoutMs: 10_000,
  }]);
});

Deno.test("parseManifest() reads every key of a listener of WebSockets", () => {
  const text = `${WS}
max_connections = 1
max_connections_per_client = 8
trusted_proxies = ["::1"]
handshake_timeout_ms = 2
allowed_origins = ["https://a"]
subprotocols = ["b"]
compression = true
max_message_size = 3
ping_interval_ms = 4
pong_timeout_ms = 5
max_queued_messages = 6
max_queued_bytes = 7
[serve.tls]
cert = "c"
key = "k"
[components.chat]`;
  deepStrictEqual(parseManifest(text, "rusm.toml").listeners, [{
    ...AT_WS,
    admission: {
      ...{ connectionsMax: 1, connectionsPerClientMax: 8 },
      trustedProxies: ["::1"],
    },
    tls: { cert: "c", key: "k", sni: new Map(), at: { line: 19, column: 1 } },
    handshakeTimeoutMs: 2,
    ...{ allowedOrigins: ["https://a"], subprotocols: ["b"] },
    ...{ compression: true, messageBytesMax: 3, pingIntervalMs: 4 },
    ...{ pongTimeoutMs: 5, queuedMessagesMax: 6, queuedBytesMax: 7 },
  }]);
});

const SSE = `
[[serve]]
protocol = "sse"
listen = "127.0.0.1:0"
component = "feed"
`;
const AT_SSE = {
  ...{ protocol: "sse", hostname: "127.0.0.1", port: 0, target: "feed" },
  ...{ tls: undefined, at: { line: 2, column: 1 } },
};

Deno.test("parseManifest() reads a listener of event streams with defaults", () => {
  const text = `${SSE}[components.feed]`;
  deepStrictEqual(parseManifest(text, "rusm.toml").listeners, [{
    ...AT_SSE,
    admission: readConnectionLimits({}),
    content: { headers: [], cors: undefined, codings: [] },
    ...{ compression: false, heartbeatMs: 15_000 },
    ...{ queuedMessagesMax: 1_024, queuedBytesMax: 8_388_608 },
    whenBehind: "disconnect",
  }]);
});

Deno.test("parseManifest() reads every key of a listener of event streams", () => {
  const text = `${SSE}
max_connections = 1
max_connections_per_client = 5
trusted_proxies = ["::1"]
header_timeout_ms = 6
idle_timeout_ms = 7
write_timeout_ms = 8
compression = true
heartbeat_ms = 2
max_queued_messages = 3
max_queued_bytes = 4
when_behind = "drop"
[serve.headers]
x-a = "b"
[components.feed]`;
  deepStrictEqual(parseManifest(text, "rusm.toml").listeners, [{
    ...AT_SSE,
    admission: {
      ...{ connectionsMax: 1, connectionsPerClientMax: 5 },
      ...{ trustedProxies: ["::1"], headerTimeoutMs: 6, idleTimeoutMs: 7 },
      writeTimeoutMs: 8,
    },
    content: { headers: [["x-a", "b"]], cors: undefined, codings: [] },
    ...{ compression: true, heartbeatMs: 2 },
    ...{ queuedMessagesMax: 3, queuedBytesMax: 4, whenBehind: "drop" },
  }]);
});

Deno.test("parseManifest() reads every key of a listener", () => {
  const text = `
[log]
level = "debug"
format = "json"
[[serve]]
protocol = "http"
listen = "[::1]:8080"
request_timeout_ms = 1
max_body_bytes = 0
max_in_flight = 1
[serve.routes]
"GET /users/:id" = "users#show"
"POST /users" = "users"
[components.users]
capability = "trusted"
isolation = "dedicated"
`;
  const manifest = parseManifest(text, "rusm.toml");
  strictEqual(manifest.logLevel, "debug");
  strictEqual(manifest.logFormat, "json");
  const [listener] = manifest.listeners;
  ok(listener !== undefined && typeof listener.target !== "string");
  const { target, ...rest } = listener;
  deepStrictEqual(rest, {
    protocol: "http",
    hostname: "::1",
    port: 8080,
    requestTimeoutMs: 1,
    bodyBytesMax: 0,
    inFlightMax: 1,
    admission: readAdmission({}),
    tls: undefined,
    content: readContent({}),
    at: { line: 5, column: 1 },
  });
  deepStrictEqual(matchRoute(target, "GET", "/users/7"), {
    type: "match",
    key: "GET /users/:id",
    component: "users",
    action: "show",
    params: [["id", "7"]],
  });
  const users = manifest.components.get("users");
  strictEqual(users?.capability, BUILT_IN_PROFILES.get("trusted"));
  strictEqual(users?.isolation, "dedicated");
});

Deno.test("parseManifest() reads every key of a profile", () => {
  const text = `
[components.api]
capability = "custom"
[capabilities.custom]
inherits = "network-client"
allow-network = ["api.example.com", "10.0.0.1:5432", "[::1]:80"]
allow-spawn = true
allow-process-control = true
allow-stdio = true
allow-storage = true
max-memory-mb = 4
max-cpu-ms = 1
env = ["HOME", "API_KEY"]
preopen = [
  { host = "data", guest = "/data/" },
  { host = "/srv", guest = "/a/../b", read-only = false },
]
`;
  const manifest = parseManifest(text, "/app/rusm.toml");
  deepStrictEqual(manifest.components.get("api")?.capability, {
    name: "custom",
    network: ["api.example.com", "10.0.0.1:5432", "[::1]:80"],
    spawn: true,
    processControl: true,
    stdio: true,
    storage: true,
    memoryBytesMax: 4 * 1024 * 1024,
    cpuMsMax: 1,
    env: ["HOME", "API_KEY"],
    preopens: [
      { host: "/app/data", guest: "/data", readOnly: true },
      { host: "/srv", guest: "/b", readOnly: false },
    ],
  });
});

Deno.test("parseManifest() takes what a profile does not say from its base", () => {
  const text = `
[components.api]
capability = "custom"
[capabilities.custom]
inherits = "trusted"
allow-network = false
`;
  const { components } = parseManifest(text, "rusm.toml");
  deepStrictEqual(components.get("api")?.capability, {
    ...BUILT_IN_PROFILES.get("trusted"),
    name: "custom",
    network: false,
  });
});

Deno.test("parseManifest() lets several listeners have the system choose a port", () => {
  const entry = 'protocol = "http"\nlisten = "localhost:0"\ncomponent = "a"\n';
  const text = `[components.a]\n[[serve]]\n${entry}[[serve]]\n${entry}`;
  strictEqual(parseManifest(text, "rusm.toml").listeners.length, 2);
});

Deno.test("loadManifest() makes paths absolute from the manifest's directory", async () => {
  await withDirectory(async (directory) => {
    await Deno.mkdir(join(directory, "data"));
    const path = join(directory, "rusm.toml");
    await Deno.writeTextFile(path, profileWith("data"));
    const manifest = await loadManifest(path);
    strictEqual(manifest.path, path);
    strictEqual(manifest.directory, directory);
    const capability = manifest.components.get("api")?.capability;
    deepStrictEqual(capability?.preopens, [
      { host: join(directory, "data"), guest: "/data", readOnly: true },
    ]);
  });
});

Deno.test("loadManifest() refuses preopens that are no directory", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "rusm.toml");
    await Deno.writeTextFile(path, profileWith("nowhere", "rusm.toml"));
    await rejectsWith(loadManifest(path), [
      `${path}:4:21: Cannot preopen the directory ${
        JSON.stringify(join(directory, "nowhere"))
      }: it does not exist`,
      `${path}:4:63: Cannot preopen the directory ${
        JSON.stringify(path)
      }: it is not a directory`,
    ]);
  });
});

Deno.test("loadManifest() refuses to serve what is no directory", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "rusm.toml");
    const text = `[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
[serve.routes]
"GET /a/*" = "dir:nowhere"
"GET /b/*" = "dir:rusm.toml"
"GET /c/*" = "dir:."
`;
    await Deno.writeTextFile(path, text);
    await rejectsWith(loadManifest(path), [
      `${path}:5:14: Cannot serve the directory ${
        JSON.stringify(join(directory, "nowhere"))
      }: it does not exist`,
      `${path}:6:14: Cannot serve the directory ${
        JSON.stringify(path)
      }: it is not a directory`,
    ]);
  });
});

Deno.test("loadManifest() tells missing directories in their place among the rest", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "rusm.toml");
    const text = `a = 1\n${profileWith("nowhere")}b = 1\n`;
    await Deno.writeTextFile(path, text);
    const error = await failureOf(loadManifest(path));
    deepStrictEqual(error.problems.map(({ at }) => at?.line), [1, 5, 6]);
  });
});

Deno.test("loadManifest() refuses a named file that is missing", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "rusm.toml");
    await rejectsWith(loadManifest(path), [
      `${path}: Cannot read the manifest: it does not exist`,
    ]);
  });
});

Deno.test("loadManifest() refuses a file that is not UTF-8", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "rusm.toml");
    await Deno.writeFile(path, new Uint8Array([0xff]));
    await rejectsWith(loadManifest(path), [
      `${path}: Cannot read the manifest: it is not UTF-8`,
    ]);
  });
});

Deno.test("loadManifest() refuses a directory", async () => {
  await withDirectory(async (directory) => {
    const error = await failureOf(loadManifest(directory));
    strictEqual(error.problems[0]?.message, "Cannot read the manifest");
    strictEqual(error.line, undefined);
  });
});

Deno.test("loadManifest() is empty without a path and a default file", async () => {
  await withDirectory(async (directory) => {
    deepStrictEqual(await loadDefault(directory), [directory, "rusm.toml"]);
  });
});

Deno.test("loadManifest() reads the default file without a path", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "rusm.toml");
    await Deno.writeTextFile(path, "[components.api]\n");
    deepStrictEqual(await loadDefault(directory), [
      directory,
      "rusm.toml",
      "api",
    ]);
  });
});

// In a process of its own: tests that run beside this one share the working
// directory.
async function loadDefault(cwd: string): Promise<readonly string[]> {
  const script = `
    import { loadManifest } from "${import.meta.resolve("./manifest.ts")}";
    const { directory, path, components } = await loadManifest(undefined);
    console.log([directory, path, ...components.keys()].join("\\n"));
  `;
  const config = fileURLToPath(import.meta.resolve("../deno.json"));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, script],
    cwd,
  }).output();
  const decoder = new TextDecoder();
  return (decoder.decode(stdout).trim() || decoder.decode(stderr)).split("\n");
}

function profileWith(...hosts: string[]): string {
  const preopens = hosts
    .map((host) => `{ host = "${host}", guest = "/${host}" }`);
  return `[components.api]
capability = "custom"
[capabilities.custom]
preopen = [${preopens.join(", ")}]
`;
}

async function withDirectory(
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function rejectsWith(
  loading: Promise<unknown>,
  lines: readonly string[],
): Promise<void> {
  await rejects(loading, { name: "ManifestError", message: lines.join("\n") });
}

async function failureOf(loading: Promise<unknown>): Promise<ManifestError> {
  const error = await loading.then(() => undefined, (error: unknown) => error);
  ok(error instanceof ManifestError);
  return error;
}
