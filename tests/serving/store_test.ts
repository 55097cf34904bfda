import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, Engine } from "@rusm/wasm";
import { createLog, openStore, parseManifest, startApp } from "@rusm/serve";

const GUESTS = new URL("../guests/built/", import.meta.url);

const MANIFEST = `
[node]
store = "data/store.db"

[components.counter]
resident = true
`;

async function withApp(
  run: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/wasm`);
    await Deno.copyFile(
      new URL("counter.wasm", GUESTS),
      `${directory}/wasm/counter.wasm`,
    );
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("startApp() opens the store of the manifest, and closes it when it stops", async () => {
  await withApp(async (directory) => {
    const manifest = parseManifest(MANIFEST, `${directory}/rusm.toml`);
    const app = await startApp(manifest, { cacheDir: `${directory}/cache` });
    const other = await openStore(`${directory}/data/store.db`);
    deepStrictEqual(await other.buckets(), []);
    await other.close();
    await app.stop();
    const names = [...Deno.readDirSync(`${directory}/data`)];
    deepStrictEqual(names.map(({ name }) => name), ["store.db"]);
    strictEqual([...Deno.readDirSync(`${directory}/cache`)].length > 0, true);
  });
});

Deno.test("startApp() says when the store cannot be opened", async () => {
  await withApp(async (directory) => {
    await Deno.mkdir(`${directory}/data`);
    await Deno.writeTextFile(
      `${directory}/data/store.db`,
      "no database at all, but text ".repeat(50),
    );
    const manifest = parseManifest(MANIFEST, `${directory}/rusm.toml`);
    await rejects(startApp(manifest), {
      code: "noStore",
      message: /rusm\.toml: Cannot open the store .*store\.db: .*database/,
    });
  });
});

Deno.test("a guest that fills the store is told so, and the node logs it once", async () => {
  const directory = await Deno.makeTempDir();
  const manifest = `
    [node]
    store = "store.db"
    store_max_mb = 1
    [components.filler]
    resident = true
    capability = "trusted"`;
  const filler = `exports.default = () => {
    const bucket = kv.bucket("b");
    const value = new Uint8Array(300_000);
    for (let nth = 0; nth < 6; nth++) {
      try { bucket.set("k" + nth, value) } catch (error) { console.error(error.message) }
    }
    console.error("left: " + bucket.list());
    Process.receive();
  };`;
  try {
    await Deno.mkdir(`${directory}/wasm`);
    await Deno.writeTextFile(`${directory}/wasm/filler.js`, filler);
    const lines: string[] = [];
    const all = Promise.withResolvers<void>();
    const log = createLog({
      level: "error",
      sink: (text) => {
        lines.push(text.replaceAll(directory, "DIR"));
        if (text.includes("left:")) all.resolve();
      },
    });
    const parsed = parseManifest(manifest, `${directory}/rusm.toml`);
    const app = await startApp(parsed, { log });
    await all.promise;
    await app.stop();
    const full = "Cannot use the store DIR/store.db: database or disk is full";
    strictEqual(lines.filter((line) => line.includes(full)).length, 4);
    strictEqual(lines.filter((line) => line.includes("makes room")).length, 1);
    match(lines.at(-1)!, /left: k0,k1,k2\n$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a guest that may use storage writes to the store, and one that may not is told so", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openStore(`${directory}/store.db`);
  const runtime = new Runtime();
  const engine = new Engine(runtime, { schedulersPerPool: 1, store });
  const bytes = await Deno.readFile(new URL("probe.wasm", GUESTS));
  async function tell(profile: string, command: string): Promise<string> {
    const capability = BUILT_IN_PROFILES.get(profile)!;
    const probe = await engine.loadModule("probe", bytes, capability);
    let answer = "";
    await runtime.spawn<Uint8Array>(async (self) => {
      const pid = engine.spawn(probe, "run");
      const text = `${self.pid.toBigInt()}\n${command}`;
      runtime.send(pid, new TextEncoder().encode(text));
      answer = new TextDecoder().decode(await self.receive());
      runtime.kill(pid);
    }).join();
    return answer;
  }
  try {
    strictEqual(await tell("trusted", "kv-set\nlinks\ndeno\nland"), "ok");
    const value = await store.get("links", "deno");
    strictEqual(new TextDecoder().decode(value), "land");
    strictEqual(await tell("trusted", "kv-get\nlinks\ndeno"), "land");
    strictEqual(await tell("trusted", "kv-list\nlinks"), "deno");
    strictEqual(
      await tell("sandboxed", "kv-get\nlinks\ndeno"),
      "error: kv denied: missing the storage capability",
    );
  } finally {
    await engine.close();
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
});
