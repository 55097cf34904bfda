import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { AUTHENTICATION_TIMEOUT_MS } from "../limits.ts";
import { loadManifest, parseManifest } from "../manifest.ts";
import { withoutHooks } from "./authentication.ts";

function manifestOf(protocol: string, keys: string): string {
  return `[[serve]]
    protocol = "${protocol}"
    listen = "127.0.0.1:0"
    component = "api"
    ${keys}
    [components.api]
    `;
}

for (const protocol of ["http", "ws", "sse"]) {
  Deno.test(`parseManifest() reads who authenticates: ${protocol}`, () => {
    const read = (keys: string) =>
      parseManifest(manifestOf(protocol, keys), "rusm.toml").listeners[0]!
        .authentication;
    strictEqual(read(""), undefined);
    deepStrictEqual(read('authentication = "keys"'), {
      ...{ hook: "keys", timeoutMs: AUTHENTICATION_TIMEOUT_MS },
      challenge: "Bearer",
    });
    const keys = `authentication = "keys"
      authentication_timeout_ms = 5
      authentication_challenge = 'Basic realm="a b"'`;
    deepStrictEqual(read(keys), {
      ...{ hook: "keys", timeoutMs: 5, challenge: 'Basic realm="a b"' },
    });
  });
}

Deno.test("parseManifest() makes a sandboxed resident of a hook that nobody declares", () => {
  const text = manifestOf("http", 'authentication = "keys"');
  const { components } = parseManifest(text, "rusm.toml");
  const { capability, isResident, isImplied } = components.get("auth:keys")!;
  deepStrictEqual(
    [capability.name, isResident, isImplied],
    ["sandboxed", true, true],
  );
  deepStrictEqual(
    [...withoutHooks(components, new Map([["keys", 1]])).keys()],
    ["api"],
  );
  strictEqual(withoutHooks(components, new Map()).size, 2);
});

Deno.test("parseManifest() takes a hook as it is declared, and keeps it resident", () => {
  const text = manifestOf("http", 'authentication = "keys"') + `
    [components."auth:keys"]
    capability = "trusted"`;
  const { components } = parseManifest(text, "rusm.toml");
  const { capability, isResident, isImplied } = components.get("auth:keys")!;
  deepStrictEqual(
    [capability.name, isResident, isImplied],
    ["trusted", true, undefined],
  );
  strictEqual(withoutHooks(components, new Map([["keys", 1]])).size, 2);
});

/** What an app has, and what is wrong when it names the hook `keys`. */
// deno-fmt-ignore
const APPS: readonly (readonly [what: string, files: readonly string[], keys: string, problem?: string])[] = [
  ["sources",             ["auth/keys/index.ts"], ""],
  ["an artifact",         ["wasm/auth-keys.js"], ""],
  ["a module",            ["wasm/auth-keys.wasm"], ""],
  ["a declaration",       [], '[components."auth:keys"]'],
  ["nothing",             [], "", "add auth/keys/index.ts"],
  ["another artifact",    ["wasm/keys.js"], "", "add auth/keys/index.ts"],
  ["a file in its place", ["auth"], "", "add auth/keys/index.ts"],
  ["one of a like name",  ["auth/key/index.ts"], "", 'did you mean "key"?'],
  ["a declaration of a like name", [], '[components."auth:keyz"]', 'did you mean "keyz"?'],
];

for (const [what, files, keys, problem] of APPS) {
  Deno.test(`loadManifest() ${problem ? "refuses" : "takes"} a hook of which there is ${what}`, async () => {
    const directory = await Deno.makeTempDir();
    try {
      const text = manifestOf("http", 'authentication = "keys"') + keys;
      for (const file of files) {
        const path = `${directory}/${file}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
          recursive: true,
        });
        await Deno.writeTextFile(path, "");
      }
      const path = `${directory}/rusm.toml`;
      await Deno.writeTextFile(path, text);
      if (problem === undefined) await loadManifest(path);
      else {
        await rejects(loadManifest(path), {
          message:
            `${path}:1:1: Unknown authentication hook "keys" in [[serve]]: ${problem}`,
        });
      }
      // The host has it.
      await loadManifest(path, ["keys"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
