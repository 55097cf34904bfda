import { deepStrictEqual } from "node:assert";
import { hostingLines } from "./hosting.ts";

Deno.test("hostingLines() aligns what is hosted", () => {
  const lines = hostingLines([
    {
      ...{ name: "clock", role: "resident", kind: "script" } as const,
      ...{ grants: "net spawn mem=64M", pid: "0.1.7" },
    },
    {
      ...{ name: "a-very-long-name-of-one", role: "onDemand" } as const,
      ...{ kind: "component", grants: "sandboxed mem=64M" } as const,
    },
  ]);
  deepStrictEqual(lines, [
    "hosting 2 components:",
    "  clock                   resident  script    net spawn mem=64M #0.1.7",
    "  a-very-long-name-of-one on demand component sandboxed mem=64M",
  ]);
});

Deno.test("hostingLines() counts one", () => {
  const clock = { name: "clock", role: "command", kind: "module" } as const;
  deepStrictEqual(
    hostingLines([{ ...clock, grants: "sandboxed mem=8M", pid: "0.1.0" }]),
    [
      "hosting 1 component:",
      "  clock            command module sandboxed mem=8M #0.1.0",
    ],
  );
});
