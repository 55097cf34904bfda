import { ok, strictEqual } from "node:assert";
import { COMMANDS } from "./commands.ts";
import { commandHelp, topHelp } from "./help.ts";

const COLUMNS_MAX = 80;

const TEXTS = [
  ["topHelp()", topHelp(COMMANDS)],
  ...COMMANDS.map((command) =>
    [`commandHelp() of ${command.name}`, commandHelp(command)] as const
  ),
] as const;

for (const [name, text] of TEXTS) {
  Deno.test(`${name} fits a terminal`, () => {
    const prose = text.split("\n").filter((line) => !line.startsWith("usage:"));
    strictEqual(prose.find((line) => line.length > COLUMNS_MAX), undefined);
  });
}

Deno.test("topHelp() names every command", () => {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  for (const { name, summary } of COMMANDS) {
    ok(
      topHelp(COMMANDS).includes(`  ${name.padEnd(width)}  ${summary}\n`),
      name,
    );
  }
});

for (const command of COMMANDS) {
  Deno.test(`commandHelp() explains every option of ${command.name}`, () => {
    const text = commandHelp(command);
    for (const option of command.options) {
      ok(text.includes(`--${option.name}`) && text.includes(option.summary));
    }
    for (const example of command.examples) ok(text.includes(example));
  });
}
