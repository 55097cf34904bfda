import { doesNotThrow, throws } from "node:assert";
import { assemble } from "../../testdata/wat.ts";
import { InvalidComponent } from "../errors.ts";
import type { ComponentSyntax, DefinitionSyntax } from "../syntax.ts";
import { insistPlainNames } from "./plain_names.ts";

const PLAIN = [
  "wasi:cli/run@0.3.0#run",
  "[async-lower][stream-write-0]write-via-stream",
  "$root",
  "std::vec<int, 4>::at(unsigned)",
  "",
];

const HOSTILE = [
  'a"b',
  "a'b",
  "a`b",
  "a\\b",
  "a${b}",
  "a\nb",
  "a\u2028b",
  "a*/b",
  "a//b",
  "\u{1f600}",
];

function componentOf(definition: DefinitionSyntax): ComponentSyntax {
  const place = { section: "header", offset: 0 };
  return { definitions: [{ ...definition, place }] };
}

// Every kind of place that a name comes from.
function everyPlace(name: string): [string, ComponentSyntax][] {
  const item = { name, sort: "func", index: 0 } as const;
  const inner = componentOf({ kind: "bundle", exports: [item] });
  return [
    ["a bundle", inner],
    ["a component in it", componentOf({ kind: "component", component: inner })],
    [
      "an alias",
      componentOf({
        kind: "alias core export",
        sort: "core func",
        instance: 0,
        name,
      }),
    ],
    [
      "an import",
      componentOf({ kind: "import", name, type: { kind: "func", type: 0 } }),
    ],
    [
      "a type",
      componentOf({
        kind: "type",
        type: { kind: "value", type: { kind: "enum", names: [name] } },
      }),
    ],
  ];
}

for (const name of PLAIN) {
  Deno.test(`insistPlainNames() lets pass ${JSON.stringify(name)}`, () => {
    for (const [, component] of everyPlace(name)) {
      doesNotThrow(() => insistPlainNames(component));
    }
  });
}

for (const name of HOSTILE) {
  Deno.test(`insistPlainNames() refuses ${JSON.stringify(name)}`, () => {
    for (const [where, component] of everyPlace(name)) {
      throws(() => insistPlainNames(component), InvalidComponent, where);
    }
  });
}

const MODULES = {
  "the module of an import": `(module (import "a'" "b" (func)))`,
  "the field of an import": `(module (import "a" "b'" (func)))`,
  "an export": `(module (func (export "b'")))`,
};

for (const [where, text] of Object.entries(MODULES)) {
  Deno.test(`insistPlainNames() looks at ${where} of a core module`, async () => {
    const bytes = await assemble(text);
    const component = componentOf({ kind: "core module", bytes });
    throws(() => insistPlainNames(component), InvalidComponent);
  });
}
