/**
 * The sandbox, both of its layers, each alone: the host functions that ask the
 * capability, and the Deno permissions of the Worker.
 *
 * @module
 */

import { deepStrictEqual, ok, strictEqual } from "node:assert";

import {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
  permissionsOf,
} from "./capability.ts";
import { LocalComponent } from "./testdata/local.ts";
import { withEngine, withPool } from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const VARIABLE = "RUSM_TEST_VARIABLE";

/** What a guest reaches for, of the world outside. */
interface World {
  /** Address of a server. */
  readonly url: string;
  /** A directory with `a.txt` in it. */
  readonly directory: string;
}

async function withWorld(test: (world: World) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("served"),
  );
  await Deno.writeTextFile(`${directory}/a.txt`, "read");
  Deno.env.set(VARIABLE, "set");
  try {
    await test({ url: `http://127.0.0.1:${server.addr.port}/`, directory });
  } finally {
    Deno.env.delete(VARIABLE);
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

/** Reaches for everything, and logs what came of it. */
function reacher({ url }: World): string {
  return `exports.default = async () => {
    const attempts = {
      fetch: async () => (await fetch("${url}")).text(),
      env: async () => String(process.env.${VARIABLE}),
      names: async () => Object.keys(process.env).join(),
      read: () => files.readText("/data/a.txt"),
      write: () => files.write("/data/b.txt", "new").then(() => "written"),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        console.log(name + ": " + await attempt());
      } catch (error) {
        console.log(name + ": " + error.name + ": " + error.message);
      }
    }
  };`;
}

/** Everything that can be granted of the world. */
function everything({ directory }: World): Capability {
  return defineProfile("everything", {
    inherits: "trusted",
    env: [VARIABLE],
    preopens: [{ host: directory, guest: "/data", readOnly: false }],
  });
}

const REACHED = [
  "fetch: served",
  "env: set",
  `names: ${VARIABLE}`,
  "read: read",
  "write: written",
];

Deno.test("the host functions alone refuse what sandboxed does not grant", async () => {
  await withWorld(async (world) => {
    // This thread may do everything, so nothing but they can refuse.
    const component = await LocalComponent.bake(reacher(world), SANDBOXED);
    strictEqual(await component.run(), "normal");
    deepStrictEqual(component.lines, [
      'fetch: TypeError: Cannot fetch: profile "sandboxed" does not grant network',
      "env: undefined",
      "names: ",
      'read: NotCapable: Cannot read /data/a.txt: profile "sandboxed" does not grant a directory with it',
      'write: NotCapable: Cannot write /data/b.txt: profile "sandboxed" does not grant writing there',
    ]);
  });
});

Deno.test("the Worker's permissions alone refuse what sandboxed does not grant", async () => {
  await withWorld(async (world) => {
    // The host functions of this component let everything pass.
    const permissions = permissionsOf(SANDBOXED);
    await withPool({ permissions }, async ({ pool, lines, ends, load }) => {
      await load(0, reacher(world), everything(world));
      strictEqual(await ends.of(pool.spawn(0, { entry: "run" })), "normal");
      const { host } = new URL(world.url);
      deepStrictEqual(lines, [
        `fetch: TypeError: Requires net access to "${host}", run again with the --allow-net flag`,
        `env: NotCapable: Requires env access to "${VARIABLE}", run again with the --allow-env flag`,
        `names: NotCapable: Requires env access to "${VARIABLE}", run again with the --allow-env flag`,
        "read: NotCapable: Cannot read the file: /data/a.txt",
        "write: NotCapable: Cannot write the file: /data/b.txt",
      ]);
    });
    deepStrictEqual(namesIn(world.directory), ["a.txt"]);
  });
});

Deno.test("both layers let pass what both grant", async () => {
  await withWorld(async (world) => {
    await withEngine({}, async ({ engine, lines, ends }) => {
      const component = await engine.load(
        "reacher",
        reacher(world),
        everything(world),
      );
      await ends.of(engine.spawn(component, "run"));
      deepStrictEqual(lines, REACHED);
    });
    deepStrictEqual(namesIn(world.directory), ["a.txt", "b.txt"]);
  });
});

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
}

/** Runs `bundle` under `capability`, in a Worker of its own: what it logged. */
async function linesOf(
  capability: Capability,
  bundle: string,
): Promise<string[]> {
  let logged: string[] = [];
  await withEngine({}, async ({ engine, lines, ends }) => {
    const component = await engine.load("guest", bundle, capability);
    strictEqual(await ends.of(engine.spawn(component, "run")), "normal");
    logged = lines;
  });
  return logged;
}

// deno-fmt-ignore
const WRITES: [readOnly: boolean, read: string, write: string][] = [
  [true, "read", 'NotCapable: Cannot write /data/b.txt: profile "custom" does not grant writing there'],
  [false, "read", "written"],
];

for (const [readOnly, read, write] of WRITES) {
  Deno.test(`a preopen that is ${readOnly ? "read-only" : "writable"} grants that and nothing else`, async () => {
    await withWorld(async (world) => {
      const capability = defineProfile("custom", {
        preopens: [{ host: world.directory, guest: "/data", readOnly }],
      });
      deepStrictEqual(await linesOf(capability, reacher(world)), [
        'fetch: TypeError: Cannot fetch: profile "custom" does not grant network',
        "env: undefined",
        "names: ",
        `read: ${read}`,
        `write: ${write}`,
      ]);
    });
  });
}

Deno.test("a list of variables grants those and no others", async () => {
  const capability = defineProfile("custom", { env: [VARIABLE] });
  await withWorld(async (world) => {
    const lines = await linesOf(capability, reacher(world));
    deepStrictEqual(lines.slice(1, 3), ["env: set", `names: ${VARIABLE}`]);
    const others =
      'exports.default = () => console.log(process.env.PATH, "HOME" in process.env)';
    deepStrictEqual(await linesOf(capability, others), ["undefined false"]);
  });
});

Deno.test("network-client reaches a server on this machine, and nothing else of it", async () => {
  const client = BUILT_IN_PROFILES.get("network-client")!;
  await withWorld(async (world) => {
    const [fetched, env, names, read] = await linesOf(client, reacher(world));
    deepStrictEqual([fetched, env, names], [
      "fetch: served",
      "env: undefined",
      "names: ",
    ]);
    ok(read!.startsWith("read: NotCapable: "), read);
  });
});

Deno.test("a list of hosts is all that a guest reaches, also by way of a redirect", async () => {
  await withWorld(async (world) => {
    const away = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => Response.redirect(world.url),
    );
    const listed = `127.0.0.1:${away.addr.port}`;
    const capability = defineProfile("custom", { network: [listed] });
    const lines = await linesOf(
      capability,
      `exports.default = async () => {
      for (const url of ["http://${listed}/", "${world.url}"]) {
        for (const redirect of ["manual", "follow"]) {
          await fetch(url, { redirect }).then(
            (response) => console.log(response.status),
            (error) => console.log(error.message.slice(0, 12)),
          );
        }
      }
    }`,
    );
    await away.shutdown();
    deepStrictEqual(lines, [
      "302",
      "Cannot fetch",
      "Cannot fetch",
      "Cannot fetch",
    ]);
  });
});
