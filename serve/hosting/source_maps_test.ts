import { deepStrictEqual, strictEqual } from "node:assert";
import { SourceMaps } from "./source_maps.ts";

const ID = "00000000-0000-4000-8000-000000000001";

function mapWith(debugId: string): string {
  const sources = ["../components/api/index.ts"];
  const map = { version: 3, sources, names: [], mappings: ";AAAA", debugId };
  return JSON.stringify(map);
}

async function locate(
  map: string | undefined,
  text: string,
  mapId: string | undefined = ID,
): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/wasm`);
    if (map !== undefined) {
      await Deno.writeTextFile(`${directory}/wasm/api.js.map`, map);
    }
    const maps = new SourceMaps(directory);
    maps.set("api", mapId);
    return maps.locate("api", text);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const FRAME = "at f (api.js:2:4)";

/** A map, and what becomes of a frame. */
const ROWS: readonly (readonly [string, string | undefined, string])[] = [
  ["is its own", mapWith(ID), "at f (components/api/index.ts:1:1)"],
  ["is not there", undefined, FRAME],
  ["is of another build", mapWith(ID.replace("1", "2")), FRAME],
  ["is damaged", mapWith(ID).slice(9), FRAME],
  ["is no map", `{"debugId":"${ID}"}`, FRAME],
];

for (const [what, map, expected] of ROWS) {
  Deno.test(`SourceMaps.locate() when the map ${what}`, async () => {
    strictEqual(await locate(map, FRAME), expected);
  });
}

Deno.test("SourceMaps.locate() reads a map once, also when it is none", async () => {
  const directory = await Deno.makeTempDir();
  const maps = new SourceMaps(directory);
  maps.set("api", ID);
  strictEqual(maps.locate("api", FRAME), FRAME);
  await Deno.mkdir(`${directory}/wasm`);
  await Deno.writeTextFile(`${directory}/wasm/api.js.map`, mapWith(ID));
  strictEqual(maps.locate("api", FRAME), FRAME);
  maps.set("api", ID);
  strictEqual(
    maps.locate("api", FRAME),
    FRAME.replace("api.js:2:4", "components/api/index.ts:1:1"),
  );
  await Deno.remove(directory, { recursive: true });
});

Deno.test("SourceMaps.locate() leaves frames of other components alone", async () => {
  strictEqual(
    await locate(mapWith(ID), "at f (b.js:2:4)"),
    "at f (b.js:2:4)",
  );
});

Deno.test("SourceMaps.locateReason() locates the stack of a crash, and nothing else", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.mkdir(`${directory}/wasm`);
  await Deno.writeTextFile(`${directory}/wasm/api.js.map`, mapWith(ID));
  const maps = new SourceMaps(directory);
  maps.set("api", ID);
  const crash = { type: "crashed", name: "E", message: FRAME } as const;
  deepStrictEqual(maps.locateReason("api", { ...crash, stack: FRAME }), {
    ...crash,
    stack: "at f (components/api/index.ts:1:1)",
  });
  strictEqual(maps.locateReason("api", crash), crash);
  strictEqual(maps.locateReason("api", "killed"), "killed");
  // The code that runs has no map from now on.
  maps.set("api", undefined);
  strictEqual(maps.locate("api", FRAME), FRAME);
  await Deno.remove(directory, { recursive: true });
});
