import { deepStrictEqual, strictEqual } from "node:assert";
import { answerInSpan } from "./ask_span.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Deno.test("answerInSpan() only answers when the program is not traced", () => {
  const answer = { value: 7 };
  const traces: (string | undefined)[] = [];
  for (const trace of [TRACE, undefined]) {
    const answered = answerInSpan(trace, { type: "list" }, (trace) => {
      traces.push(trace);
      return answer;
    });
    strictEqual(answered, answer);
  }
  deepStrictEqual(traces, [TRACE, undefined]);
});
