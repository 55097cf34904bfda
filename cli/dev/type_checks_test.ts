import { deepStrictEqual, strictEqual } from "node:assert";
import { type Problem, wholeFile } from "../bundle/problem.ts";
import { type TypeCheck, TypeChecks } from "./type_checks.ts";

function checkOf(): TypeCheck {
  return { components: [], inputs: new Map() };
}

function problemOf(text: string): Problem {
  return { text, place: wholeFile("/a.ts"), source: undefined };
}

/** Checks that the test ends itself. */
function setup() {
  const begun: { check: TypeCheck; end: (text?: string) => void }[] = [];
  const told: string[] = [];
  const checks = new TypeChecks((check, signal) => {
    const { promise, resolve } = Promise.withResolvers<readonly Problem[]>();
    signal.addEventListener("abort", () => resolve([]));
    const end = (text?: string) =>
      resolve(text === undefined ? [] : [problemOf(text)]);
    begun.push({ check, end });
    return promise;
  }, (problems) => void told.push(problems.map(({ text }) => text).join()));
  return { checks, begun, told };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

Deno.test("TypeChecks makes the last of those that were asked for meanwhile", async () => {
  const { checks, begun, told } = setup();
  const [first, second, third] = [checkOf(), checkOf(), checkOf()];
  for (const check of [first, second, third]) checks.request(check);
  begun[0]!.end("old");
  await turn();
  begun[1]!.end("new");
  await turn();
  deepStrictEqual(begun.map(({ check }) => check), [first, third]);
  deepStrictEqual(told, ["new"]);
  checks.request(second);
  begun[2]!.end();
  await turn();
  deepStrictEqual(told, ["new", ""]);
  await checks.close();
});

Deno.test("TypeChecks.close() cuts a check short, and tells nothing of it", async () => {
  const { checks, begun, told } = setup();
  checks.request(checkOf());
  checks.request(checkOf());
  await checks.close();
  deepStrictEqual(told, []);
  strictEqual(begun.length, 1);
});

Deno.test("TypeChecks.request() does nothing when closed", async () => {
  const { checks, begun } = setup();
  await checks.close();
  checks.request(checkOf());
  strictEqual(begun.length, 0);
});
