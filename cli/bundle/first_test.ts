import { deepStrictEqual, rejects } from "node:assert";
import { FirstAlone } from "./first.ts";

for (const fails of [false, true]) {
  Deno.test(`FirstAlone.run() runs others at once when the first has ${fails ? "failed" : "ended"}`, async () => {
    const alone = new FirstAlone();
    const events: string[] = [];
    const ends: (() => void)[] = [];
    const task = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (fails && name === "a") throw new TypeError(name);
      return name;
    };
    const turn = () => new Promise((resolve) => setTimeout(resolve));
    const [a, b, c] = ["a", "b", "c"].map((name) => alone.run(task(name)));
    const first = fails ? rejects(a!, TypeError) : a;
    await turn();
    deepStrictEqual(events, ["a begins"]);
    ends.shift()!();
    await first;
    await turn();
    deepStrictEqual(events, ["a begins", "b begins", "c begins"]);
    for (const end of ends) end();
    deepStrictEqual(await Promise.all([b, c]), ["b", "c"]);
  });
}
