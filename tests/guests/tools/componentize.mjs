/**
 * Makes a component of a core module, or of its text, and the WIT of its world,
 * by jco: in a process of its own, since nothing else here depends on it.
 *
 * Takes a JSON object from standard input, bytes as base64, and writes the
 * component to standard output:
 *
 * - `core`: the module, or else `text`: its text
 * - `wit`: texts of WIT of one package; none when the adapter has its world
 * - `world`: the name of the world
 * - `encoding`: of strings: `utf8`, `utf16` or `compact-utf16`
 * - `adapter`: `command` or `reactor` when the module is one of preview 1
 */

import { readdirSync, readFileSync } from "node:fs";
import {
  componentEmbed,
  componentNew,
  parse,
  preview1AdapterCommandPath,
  preview1AdapterReactorPath,
} from "@bytecodealliance/jco";

const ADAPTERS = {
  command: preview1AdapterCommandPath,
  reactor: preview1AdapterReactorPath,
};
const WASI = new URL(
  "node_modules/@bytecodealliance/jco/lib/wit/builtin/",
  import.meta.url,
);
const VERSIONS = ["0.2.12", "0.3.0"];
const PACKAGE = /^package ([^;]+);/m;

/** One text: the package that is given, and the packages of WASI in it. */
function witOf(texts) {
  const [, name] = PACKAGE.exec(texts[0]);
  const own = texts.map((text) => text.replace(PACKAGE, ""));
  const wasi = VERSIONS.flatMap((version) => {
    const packages = new URL(`${version}/`, WASI);
    return readdirSync(packages).map((directory) =>
      readFileSync(new URL(`${directory}/package.wit`, packages), "utf8")
        .replace(PACKAGE, "package $1 {") + "}"
    );
  });
  return [`package ${name};`, ...own, ...wasi].join("\n");
}

async function componentOf({ core, text, wit, world, encoding, adapter }) {
  const binary = text ? await parse(text) : Buffer.from(core, "base64");
  const embedded = wit.length === 0 ? binary : await componentEmbed({
    binary,
    witSource: witOf(wit),
    world,
    stringEncoding: encoding,
  });
  if (!adapter) return componentNew(embedded);
  const bytes = readFileSync(ADAPTERS[adapter]());
  return componentNew(embedded, [["wasi_snapshot_preview1", bytes]]);
}

process.stdout.write(await componentOf(JSON.parse(readFileSync(0, "utf8"))));
