import { strictEqual } from "node:assert";
import { paint, print } from "./io.ts";
import { recordOutput } from "./testdata/recorder.ts";

Deno.test("paint() leaves text alone when the output shows no colours", () => {
  const { output } = recordOutput({ isTerminal: true });
  strictEqual(paint(output, "red", "text"), "text");
});

Deno.test("paint() styles text when the output shows colours", () => {
  const { output } = recordOutput({ hasColour: true });
  strictEqual(paint(output, "red", "text"), "\x1b[31mtext\x1b[39m");
});

Deno.test("print() ends each line when given several", () => {
  const { output, text } = recordOutput();
  print(output, "a", "", "b");
  strictEqual(text(), "a\n\nb\n");
});

Deno.test("print() writes nothing when given nothing", () => {
  const { output, text } = recordOutput();
  print(output);
  strictEqual(text(), "");
});
