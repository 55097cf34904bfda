import { strictEqual } from "node:assert";
import { recordOutput } from "../testdata/recorder.ts";
import { Progress } from "./progress.ts";

Deno.test("Progress prints lines alone when the output is no terminal", () => {
  const { output, text } = recordOutput();
  const progress = new Progress(output, ["api", "clock"]);
  progress.finish("clock", "clock done");
  progress.finish("api", "api done");
  progress.end();
  strictEqual(text(), "clock done\napi done\n");
});

Deno.test("Progress shows what is left below the lines when on a terminal", () => {
  const { output, text } = recordOutput({ isTerminal: true });
  const progress = new Progress(output, ["api", "clock"]);
  progress.finish("clock", "clock done");
  progress.finish("api", "api done");
  progress.end();
  strictEqual(
    text().replaceAll("\r\x1b[K", "<clear>"),
    "<clear>  ⠋ api, clock" +
      "<clear>clock done\n<clear>  ⠙ api" +
      "<clear>api done\n<clear>",
  );
});

Deno.test("Progress shows the start of the names when they would wrap", () => {
  const { output, text } = recordOutput({ isTerminal: true });
  const names = Array.from({ length: 20 }, (_, index) => `name${index}`);
  new Progress(output, names).end();
  strictEqual(
    text().replaceAll("\r\x1b[K", "<clear>"),
    `<clear>  ⠋ ${names.join(", ").slice(0, 59)}…<clear>`,
  );
});
