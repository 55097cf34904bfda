import { deepStrictEqual } from "node:assert";
import type { Answer } from "./ask.ts";
import { AskDesk } from "./ask_desk.ts";

Deno.test("AskDesk answers that too much is asked, until others are answered", async () => {
  const desk = new AskDesk(2);
  const sent: Answer[] = [];
  const send = (answer: Answer) => {
    sent.push(answer);
    return true;
  };
  const slow = Promise.withResolvers<Answer>();
  desk.take(() => slow.promise, send);
  desk.take(() => slow.promise, send);
  desk.take(() => ({ value: "refused" }), send);
  deepStrictEqual(sent, [{ error: "too much is asked of the node" }]);
  slow.resolve({ value: "slow" });
  await slow.promise;
  desk.take(() => ({ value: "quick" }), send);
  deepStrictEqual(sent.slice(1), [
    { value: "slow" },
    { value: "slow" },
    { value: "quick" },
  ]);
});

Deno.test("AskDesk answers with an error when an answer finds no room on the way", () => {
  const sent: Answer[] = [];
  new AskDesk().take(
    () => ({ value: "large" }),
    (answer, isRefusable) => {
      if (!isRefusable) sent.push(answer);
      return !isRefusable;
    },
  );
  deepStrictEqual(sent, [{ error: "too much is on its way from the node" }]);
});
