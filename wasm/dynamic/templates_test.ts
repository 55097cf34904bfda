import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { MemoryStore } from "../actor/testdata/memory_store.ts";
import { type Capability, defineProfile } from "../capability.ts";
import { LoadFailed } from "../errors.ts";
import { FETCHES_MAX, SOURCE_LENGTH_MAX } from "./limits.ts";
import type { Template } from "./template.ts";
import { Templates, type TemplatesParts } from "./templates.ts";
import { Clock } from "./testdata/clock.ts";

const SANDBOXED = defineProfile("none", {});
const ALL = defineProfile("all", { storage: true, network: true });
const PLUGIN: Template = { name: "plugin", kind: "js", capability: SANDBOXED };

class CountingStore extends MemoryStore {
  readonly got: string[] = [];
  override get(bucket: string, key: string) {
    this.got.push(`${bucket}/${key}`);
    return super.get(bucket, key);
  }
}

function setup(parts: Partial<TemplatesParts<string>> = {}) {
  const clock = new Clock();
  const store = new CountingStore();
  const loaded: string[] = [];
  const unloaded: string[] = [];
  const templates = new Templates<string>({
    ...{ host: clock, store, ttlMs: 10, countMax: 4 },
    load({ name }, code) {
      const text = code.type === "script" ? code.bundle : "wasm";
      if (text === "broken") throw new LoadFailed(name, "it is broken", "");
      loaded.push(`${name}: ${text}`);
      return Promise.resolve(text);
    },
    unload(component) {
      unloaded.push(component);
      return true;
    },
    ...parts,
  });
  templates.declare(PLUGIN);
  const spawn = (
    source: string,
    capability: Capability = ALL,
    name = "plugin",
  ) => templates.spawn(name, source, capability, ({ component }) => component);
  const write = (key: string, text: string) =>
    store.set("b", key, new TextEncoder().encode(text));
  return { clock, store, loaded, unloaded, templates, spawn, write };
}

Deno.test("Templates.spawn() reads and loads once as long as both are fresh", async () => {
  const { spawn, write, store, loaded, clock, templates } = setup();
  await write("k", "one");
  strictEqual(await spawn("kv:b/k"), "one");
  await write("k", "two");
  clock.advance(9);
  strictEqual(await spawn(" kv:b/k "), "one");
  deepStrictEqual([store.got, loaded], [["b/k"], ["plugin: one"]]);
  clock.advance(1);
  strictEqual(await spawn("kv:b/k"), "two");
  deepStrictEqual(store.got, ["b/k", "b/k"]);
  deepStrictEqual(loaded, ["plugin: one", "plugin: two"]);
  templates.close();
});

Deno.test("Templates.spawn() has one reading and one loading for all who ask meanwhile", async () => {
  const { spawn, write, store, loaded, templates } = setup();
  await write("k", "one");
  const sources = ["kv:b/k", "kv:b/k", "inline:one", "inline:one"];
  await Promise.all(sources.map((source) => spawn(source)));
  deepStrictEqual([store.got, loaded], [["b/k"], ["plugin: one"]]);
  templates.close();
});

Deno.test("Templates.spawn() loads the same code once, whatever its sources, for each template", async () => {
  const { spawn, write, loaded, templates } = setup();
  templates.declare({ ...PLUGIN, name: "other" });
  for (const key of ["k", "l"]) await write(key, "one");
  for (const source of ["kv:b/k", "kv:b/l", "inline:one"]) {
    strictEqual(await spawn(source), "one");
  }
  await spawn("kv:b/k", ALL, "other");
  deepStrictEqual(loaded, ["plugin: one", "other: one"]);
  // One that takes its name shares nothing with it.
  templates.declare(PLUGIN);
  await spawn("kv:b/k");
  strictEqual(loaded.length, 3);
  templates.close();
});

Deno.test("Templates keeps nothing of what failed", async () => {
  const { spawn, write, store, templates, loaded } = setup();
  const missing = { message: "bundle not found at kv:b/k" };
  await rejects(spawn("kv:b/k"), missing);
  await write("k", "broken");
  const broken = {
    message: "compiling dynamic code of `plugin`: it is broken",
  };
  await Promise.all([
    rejects(spawn("kv:b/k"), broken),
    rejects(spawn("kv:b/k"), broken),
  ]);
  await write("k", "one");
  strictEqual(await spawn("kv:b/k"), "one");
  deepStrictEqual([store.got.length, loaded], [3, ["plugin: one"]]);
  templates.close();
});

Deno.test("Templates drops code that nobody used for long, and reads it again", async () => {
  const { spawn, write, clock, unloaded, loaded, store, templates } = setup();
  await write("k", "one");
  await spawn("kv:b/k");
  clock.advance(20);
  deepStrictEqual(unloaded, ["one"]);
  strictEqual(templates.loadedCount, 0);
  await spawn("kv:b/k");
  deepStrictEqual([loaded.length, store.got.length], [2, 2]);
  templates.close();
});

Deno.test("Templates reads again what it knows and has dropped for others", async () => {
  const { spawn, write, loaded, unloaded, store, templates } = setup();
  await write("k", "one");
  await spawn("kv:b/k");
  for (const code of "abcd") await spawn(`inline:${code}`);
  deepStrictEqual(unloaded, ["one"]);
  strictEqual(await spawn("kv:b/k"), "one");
  deepStrictEqual([loaded.length, store.got.length], [6, 2]);
  templates.close();
});

Deno.test("Templates.spawn() drops nothing of which processes live", async () => {
  const { spawn, templates } = setup({ unload: () => false });
  for (const code of "abcd") await spawn(`inline:${code}`);
  await rejects(spawn("inline:e"), {
    message: "Cannot keep more components of dynamic code that run: 4",
  });
  strictEqual(await spawn("inline:a"), "a");
  templates.close();
});

Deno.test("Templates.spawn() asks what a process may do each time, hot or cold", async () => {
  const { spawn, write, store, templates } = setup();
  await write("k", "one");
  const denied = {
    message: "spawn-from kv denied: missing the storage capability",
  };
  await rejects(spawn("kv:b/k", SANDBOXED), denied);
  deepStrictEqual(store.got, []);
  strictEqual(await spawn("kv:b/k"), "one");
  await rejects(spawn("kv:b/k", SANDBOXED), denied);
  strictEqual(await spawn("inline:one", SANDBOXED), "one");
  templates.close();
});

Deno.test("Templates.spawn() knows an address only for those who reach the same hosts", async () => {
  const { spawn, templates, loaded } = setup();
  const fetched: string[] = [];
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(listening, ({ url }) => {
    fetched.push(new URL(url).pathname);
    return url.endsWith("/to")
      ? Response.redirect(url.replace("127.0.0.1", "localhost") + "/code", 302)
      : new Response("code");
  });
  const { port } = server.addr;
  const source = `http://127.0.0.1:${port}/to`;
  const [wide, narrow] = [["127.0.0.1", "localhost"], ["127.0.0.1"]].map((
    network,
  ) => defineProfile("p", { network }));
  await Promise.all([spawn(source, wide), spawn(source, wide)]);
  deepStrictEqual(fetched, ["/to", "/to/code"]);
  await rejects(spawn(source, narrow), {
    message:
      `spawn-from url denied: the network capability does not reach localhost:${port}`,
  });
  await spawn(`url:${source}`, wide);
  deepStrictEqual(fetched, ["/to", "/to/code", "/to"]);
  deepStrictEqual(loaded, ["plugin: code"]);
  templates.close();
  await server.shutdown();
});

Deno.test("Templates.spawn() says what is wrong with a source", async () => {
  const { spawn, templates } = setup();
  const bare = setup({ store: undefined });
  const long = `kv:b/${"k".repeat(SOURCE_LENGTH_MAX)}`;
  const wrong: [Promise<unknown>, RegExp][] = [
    [spawn("x"), /^unrecognised bundle source "x" \(expected `inline:/],
    [spawn(long), /^spawn-from denied: a source of more than 4096 characters/],
    [spawn("kv:broken/k"), /^the disk is full$/],
    [
      bare.spawn("kv:b/k"),
      /^kv unavailable: no store configured on this node$/,
    ],
    [spawn("inline:a", ALL, "nobody"), /^unknown template `nobody`$/],
  ];
  await Promise.all(
    wrong.map(([spawning, message]) => rejects(spawning, { message })),
  );
  strictEqual(templates.loadedCount, 0);
});

Deno.test("Templates.spawn() bounds what is read at once", async () => {
  const late = Promise.withResolvers<undefined>();
  const store = new MemoryStore();
  store.get = () => late.promise;
  const { spawn, templates } = setup({ store });
  const spawning = Array.from(
    { length: FETCHES_MAX },
    (_, index) => rejects(spawn(`kv:b/${index}`), /^Error: bundle not found/),
  );
  await rejects(spawn("kv:b/more"), {
    message: "spawn-from denied: too much code is being fetched",
  });
  late.resolve(undefined);
  await Promise.all(spawning);
  templates.close();
});

Deno.test("Templates.close() ends what is fetched", async () => {
  const { spawn, templates } = setup();
  const asked = Promise.withResolvers<void>();
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(listening, ({ signal }) => {
    asked.resolve();
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(new Response()));
    });
  });
  const spawning = rejects(spawn(`http://127.0.0.1:${server.addr.port}/`), {
    message: "the node is closing",
  });
  await asked.promise;
  templates.close();
  await spawning;
  await server.shutdown();
});

Deno.test("Templates and their declarations refuse what makes no sense", () => {
  const { templates } = setup();
  throws(() => setup({ ttlMs: 0 }), { name: "RangeError" });
  throws(() => templates.declare({ ...PLUGIN, kind: "wat" as "wasm" }), {
    message:
      "Cannot make a template of another kind than js, wasm, wasi-cli: wat",
  });
  throws(() => templates.declare({ ...PLUGIN, entry: "main" }), {
    message: "Cannot choose the entry of a template of kind js: plugin",
  });
  throws(
    () => templates.declare({ ...PLUGIN, isolation: "own" as "shared" }),
    RangeError,
  );
});
