import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { assemble } from "../testdata/assemble.ts";
import { type Artifact, readArtifact } from "./artifact.ts";

const COMPONENT = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);

async function readFrom(
  files: Readonly<Record<string, Uint8Array>>,
): Promise<Artifact | undefined> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/wasm`);
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${directory}/wasm/${name}`, bytes);
    }
    return await readArtifact(directory, "api");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readArtifact() tells scripts, modules and components apart", async () => {
  const script = new TextEncoder().encode("exports.default = 1;");
  const module = await assemble("(module)");
  deepStrictEqual(await readFrom({ "api.js": script }), {
    kind: "script",
    text: "exports.default = 1;",
  });
  deepStrictEqual(await readFrom({ "api.wasm": module }), {
    kind: "module",
    bytes: module,
  });
  deepStrictEqual(await readFrom({ "api.wasm": COMPONENT }), {
    kind: "component",
    bytes: COMPONENT,
  });
});

Deno.test("readArtifact() takes the script when both are there", async () => {
  const files = { "api.wasm": COMPONENT, "api.js": new Uint8Array() };
  deepStrictEqual(await readFrom(files), { kind: "script", text: "" });
});

Deno.test("readArtifact() answers undefined when neither is there", async () => {
  strictEqual(await readFrom({ "apis.js": COMPONENT }), undefined);
});

Deno.test("readArtifact() rejects when what is there cannot be read", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.mkdir(`${directory}/wasm/api.js`, { recursive: true });
  await rejects(readArtifact(directory, "api"));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("readArtifact() tells the map of a script when its end names one", async () => {
  const mapId = "00000000-0000-4000-8000-000000000001";
  const text = `x;\n//# debugId=${mapId}\n//# sourceMappingURL=api.js.map\n`;
  const bytes = new TextEncoder().encode(text);
  deepStrictEqual(await readFrom({ "api.js": bytes }), {
    ...{ kind: "script", text, mapId },
  });
  const within = `\n//# debugId=${mapId}\n${" ".repeat(2_000)}`;
  deepStrictEqual(
    await readFrom({ "api.js": new TextEncoder().encode(within) }),
    { kind: "script", text: within },
  );
});
