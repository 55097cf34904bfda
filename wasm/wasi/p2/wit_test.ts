import { deepStrictEqual, ok } from "node:assert";

import { formatFunction } from "../../component/format_type.ts";
import type { HostInterface } from "../../component/host.ts";
import { HostRegistry } from "../../component/registry.ts";
import { isSameFunction } from "../../component/same_type.ts";
import { WASI_P2 } from "./mod.ts";

// What WASI says itself; `testdata/wit/copy.ts` has brought it here.
const PACKAGES = new URL("testdata/wit/", import.meta.url);

// What guests export, and what is not stable.
const NOT_GIVEN = new Set([
  "wasi:cli/run",
  "wasi:http/incoming-handler",
  "wasi:clocks/timezone",
]);

const WRITTEN = [...Deno.readDirSync(PACKAGES)]
  .filter(({ name }) => name.endsWith(".wit"))
  .flatMap(({ name }) => interfacesOf(name));
const GIVEN = new HostRegistry(WASI_P2);

function interfacesOf(file: string): HostInterface[] {
  const text = Deno.readTextFileSync(new URL(file, PACKAGES));
  const [, path, version] = /^package (\S+)@(\S+);/.exec(text)!;
  return [...text.matchAll(/^interface ([\w-]+) \{\n(.*?)^\}/gms)]
    .map(([, name, wit]) => ({
      name: `${path}/${name}@${version}`,
      wit: wit!,
    }));
}

function pathOf({ name }: HostInterface): string {
  return name.split("@", 1)[0]!;
}

Deno.test("WASI_P2 has the interfaces that WASI 0.2 has for guests to import", () => {
  const written = WRITTEN.map(pathOf).filter((path) => !NOT_GIVEN.has(path));
  deepStrictEqual(WASI_P2.map(pathOf).sort(), written.sort());
  ok(written.length > 20, String(written.length));
});

const registry = new HostRegistry(WRITTEN);

for (const each of WRITTEN.filter((each) => !NOT_GIVEN.has(pathOf(each)))) {
  Deno.test(`WASI_P2 has all of ${each.name}, by the types that it has there`, () => {
    const written = registry.typesOf(each);
    const given = GIVEN.typesOf(GIVEN.find(each.name)!);
    deepStrictEqual(
      [...given.functions.keys()].sort(),
      [...written.functions.keys()].sort(),
    );
    deepStrictEqual(
      [...given.resources.keys()].sort(),
      [...written.resources.keys()].sort(),
    );
    for (const [name, type] of written.functions) {
      const other = given.functions.get(name)!;
      const isSame = isSameFunction(
        type,
        other,
        (one, another) => one.name === another.name,
      );
      ok(isSame, `${name}: ${formatFunction(type)}, ${formatFunction(other)}`);
    }
  });
}
