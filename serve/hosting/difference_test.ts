import { deepStrictEqual } from "node:assert";
import { parseManifest } from "../manifest.ts";
import {
  compareComponents,
  compareListeners,
  type Made,
} from "./difference.ts";

/** Components, each as `name=digest`, or `name=digest{TOML}`. */
function made(text: string): Made[] {
  return text.split(" ").filter((word) => word !== "").map((word) => {
    const [, name, digest, settings] = /^(\w+)=(\w+)(?:\{(.*)\})?$/.exec(word)!;
    const lines = (settings ?? "").replaceAll(";", "\n");
    const manifest = parseManifest(
      `[components.${name}]\n${lines}\n[capabilities.c]\nallow-spawn=true\n`,
      "rusm.toml",
    );
    return { entry: manifest.components.get(name!)!, digest: digest! };
  });
}

/** Before, after, and what became of it: kept, changed, added, removed. */
// deno-fmt-ignore
const COMPONENTS: readonly (readonly [string, string, string, string, string, string])[] = [
  ["", "", "", "", "", ""],
  ["", "a=1 b=1", "", "", "a b", ""],
  ["a=1 b=1", "", "", "", "", "a b"],
  ["a=1 b=1", "b=1 a=1", "b a", "", "", ""],
  ["a=1 b=1", "a=2 b=1", "b", "a:code", "", ""],
  ["a=1 b=1", "b=2 c=1", "", "b:code", "c", "a"],
  ["a=1", "a=1{resident=true}", "", "a:settings", "", ""],
  ["a=1", 'a=1{capability="trusted"}', "", "a:settings", "", ""],
  ['a=1{capability="c"}', 'a=1{capability="c"}', "a", "", "", ""],
  ["a=1", 'a=1{isolation="dedicated"}', "", "a:settings", "", ""],
  ["a=1", 'a=1{isolation="shared"}', "a", "", "", ""],
  ["a=1", 'a=1{entry="tick"}', "", "a:settings", "", ""],
  ["a=1", 'a=2{entry="tick"}', "", "a:code", "", ""],
  ["a=1", "a=1{;;;}", "a", "", "", ""],
];

for (const [before, after, kept, changed, added, removed] of COMPONENTS) {
  Deno.test(`compareComponents() from "${before}" to "${after}"`, () => {
    const changes = compareComponents(made(before), made(after));
    const text = {
      kept: changes.kept.join(" "),
      changed: changes.changed.map((each) => each.join(":")).join(" "),
      added: changes.added.join(" "),
      removed: changes.removed.join(" "),
    };
    deepStrictEqual(text, { kept, changed, added, removed });
  });
}

Deno.test("compareComponents() sees that a profile grants something else", () => {
  const [before, after] = ["true", "false"].map((spawn) => {
    const { components } = parseManifest(
      `[components.a]\ncapability = "c"\n[capabilities.c]\nallow-spawn = ${spawn}`,
      "rusm.toml",
    );
    return [{ entry: components.get("a")!, digest: "1" }];
  });
  deepStrictEqual(compareComponents(before!, after!).changed, [
    ["a", "settings"],
  ]);
});

/** Listeners, each as `address`, or `address{TOML}`; they route to `a`. */
function listeners(text: string) {
  const entries = text.split(" ").filter((word) => word !== "").map((word) => {
    const [, address, rest] = /^([^{]+)(?:\{(.*)\})?$/.exec(word)!;
    const target = rest?.includes("component") ? "" : 'component = "a"\n';
    const lines = (rest ?? "").replaceAll(";", "\n");
    return `[[serve]]\nprotocol = "http"\nlisten = "${address}"\n${target}${lines}`;
  });
  const manifest = `${entries.join("\n")}\n[components.a]\n[components.b]\n`;
  return parseManifest(manifest, "rusm.toml").listeners;
}

/** Before, after, and what became of it: kept (! when changed), opened, closed. */
// deno-fmt-ignore
const LISTENERS: readonly (readonly [string, string, string, string, string])[] = [
  ["", "h:1", "", "0", ""],
  ["h:1", "", "", "", "0"],
  ["h:1 h:2", "h:2 h:1", "1→0 0→1", "", ""],
  ["h:1 h:2", "h:2 h:3", "1→0", "1", "0"],
  ["h:1", "i:1", "", "0", "0"],
  ["h:1", 'h:1{component="b"}', "0→0!", "", ""],
  ["h:1", "h:1{max_in_flight=7}", "0→0!", "", ""],
  ["h:1", "h:1{compression=true}", "0→0!", "", ""],
  ["h:1", "h:1{headers={a='b'}}", "0→0!", "", ""],
  ["h:1", "h:1{max_connections=7}", "", "0", "0"],
  ["h:1", "h:1{trusted_proxies=['::1']}", "", "0", "0"],
  ["h:1", "h:1{tls={cert='a',key='b'}}", "", "0", "0"],
  ["h:1{tls={cert='a',key='b'}}", "h:1{;tls={cert='a',key='b'}}", "0→0", "", ""],
  ["h:1{tls={cert='a',key='b'}}", "h:1{tls={cert='a',key='c'}}", "", "0", "0"],
  ["h:1{tls={cert='a',key='b'}}", "h:1{tls={cert='a',key='b',sni={a={cert='a',key='b'}}}}", "", "0", "0"],
  ["h:0 h:0", "h:0 h:0", "0→0 1→1", "", ""],
  ["h:0 h:0", "h:0", "0→0", "", "1"],
  ["h:0 i:0", "i:0 h:0 h:0", "1→0 0→1", "2", ""],
  ["[::1]:1", "[0:0::1]:1", "0→0", "", ""],
];

for (const [before, after, kept, opened, closed] of LISTENERS) {
  Deno.test(`compareListeners() from "${before}" to "${after}"`, () => {
    const changes = compareListeners(listeners(before), listeners(after));
    const text = {
      kept: changes.kept.map((each) =>
        `${each.before}→${each.after}${each.isChanged ? "!" : ""}`
      ).join(" "),
      opened: changes.opened.join(" "),
      closed: changes.closed.join(" "),
    };
    deepStrictEqual(text, { kept, opened, closed });
  });
}

/** A table of routes, and whether it is that of `"GET /" = "a"`. */
// deno-fmt-ignore
const ROUTES: readonly (readonly [string, boolean])[] = [
  ['"GET /" = "a"', false],
  ['"GET /" = "a#show"', true],
  ['"GET /" = "b"', true],
  ['"GET /:id" = "a"', true],
  ['"GET /*" = "dir:a"', true],
  ['"GET /" = "a"\n"POST /" = "a"', true],
];

for (const [routes, isChanged] of ROUTES) {
  Deno.test(`compareListeners() finds ${JSON.stringify(routes)} ${isChanged ? "changed" : "the same"}`, () => {
    const [before, after] = ['"GET /" = "a"', routes].map((text) =>
      parseManifest(
        `[[serve]]\nprotocol = "http"\nlisten = "h:1"\n[serve.routes]\n${text}\n[components.a]\n[components.b]`,
        "rusm.toml",
      ).listeners
    );
    deepStrictEqual(compareListeners(before!, after!).kept, [
      { before: 0, after: 0, isChanged },
    ]);
  });
}
