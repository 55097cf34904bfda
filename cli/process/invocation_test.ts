import { strictEqual } from "node:assert";
import { invocationOf, type Program } from "./invocation.ts";

const INSTALLED: Program = {
  main: "file:///home/me/rusm/cli/main.ts",
  binary: "/usr/bin/deno",
  version: "2.9.6",
  path: "/bin:/usr/bin",
  isStandalone: false,
};

const ROWS: readonly (readonly [string, Partial<Program>, string])[] = [
  ["a file", {}, "deno run -A /home/me/rusm/cli/main.ts"],
  [
    "a file with a space",
    { main: "file:///home/my%20files/main.ts" },
    "deno run -A '/home/my files/main.ts'",
  ],
  [
    "the registry",
    { main: "https://jsr.io/@rusm/cli/0.1.0/mod.ts" },
    "deno run -A jsr:@rusm/cli",
  ],
  [
    "another server",
    { main: "https://example.com/main.ts" },
    "deno run -A https://example.com/main.ts",
  ],
  [
    "a binary off the path",
    { binary: "/opt/deno/bin/deno" },
    "/opt/deno/bin/deno run -A /home/me/rusm/cli/main.ts",
  ],
  [
    "no path",
    { path: undefined },
    "/usr/bin/deno run -A /home/me/rusm/cli/main.ts",
  ],
  [
    "npx",
    { binary: "/home/me/.npm/_npx/7a40/node_modules/@deno/linux/deno" },
    "npx -y deno@2.9.6 run -A /home/me/rusm/cli/main.ts",
  ],
  [
    "a compiled program",
    { isStandalone: true, binary: "/home/me/my rusm" },
    "'/home/me/my rusm'",
  ],
];

for (const [what, program, expected] of ROWS) {
  Deno.test(`invocationOf() answers ${expected} when run from ${what}`, () => {
    strictEqual(invocationOf({ ...INSTALLED, ...program }), expected);
  });
}
