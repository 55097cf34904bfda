/**
 * Cases over Web globals that give the same in a guest and in Deno.
 *
 * @module
 */

import { notStrictEqual, strictEqual } from "node:assert";

import { Guest } from "./guest.ts";

/**
 * A case: a function that uses nothing but globals, for its text is evaluated
 * in the guest.
 */
export type Case = () => unknown;

/** A case in which a guest differs from Deno, and why it should. */
export interface Difference {
  /** The case. */
  run: Case;
  /** What the guest gives. */
  guest: unknown;
  /** Why that is right. */
  why: string;
}

/** Declares a test for each case: guest and Deno give or throw the same. */
export function testSame(api: string, cases: Record<string, Case>): void {
  for (const [name, run] of Object.entries(cases)) {
    Deno.test(`${api} ${name}`, async () => {
      strictEqual(await runInGuest(run), await outcomeOf(run));
    });
  }
}

/** Declares a test for each case: the guest gives what is listed, and Deno does not. */
export function testDifferent(
  api: string,
  cases: Record<string, Difference>,
): void {
  for (const [name, { run, guest, why }] of Object.entries(cases)) {
    Deno.test(`${api} ${name}: ${why}`, async () => {
      strictEqual(await runInGuest(run), show(guest));
      notStrictEqual(await outcomeOf(run), show(guest));
    });
  }
}

async function runInGuest(run: Case): Promise<string> {
  using guest = await Guest.create();
  // Strict, as the modules are that the cases stand in.
  guest.evaluate(`"use strict"; {
    const show = ${show};
    const outcomeOf = ${outcomeOf};
    outcomeOf(${
    asExpression(run)
  }).then((outcome) => globalThis.outcome = outcome);
  }`);
  await guest.settle();
  return guest.evaluate("globalThis.outcome") as string ?? "never settles";
}

/** A method's text is no expression, a function's is. */
function asExpression(run: Case): string {
  const text = String(run);
  return /^(async\s*)?(function|\()/.test(text)
    ? `(${text})`
    : `({ ${text} })[${JSON.stringify(run.name)}]`;
}

/** What a case gives or throws, as text. Evaluated on both sides. */
async function outcomeOf(run: Case): Promise<string> {
  try {
    return show(await run());
  } catch (thrown) {
    // The outcome of a case is just as well what it throws.
    const what = thrown instanceof Error ? thrown.name : show(thrown);
    return `throws ${what}`;
  }
}

/** A value as text, so that equal texts are equal values. Evaluated on both sides. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (value instanceof RegExp) return `RegExp ${value}`;
  if (value instanceof Map) return `Map ${show([...value])}`;
  if (value instanceof Set) return `Set ${show([...value])}`;
  if (value instanceof ArrayBuffer) {
    return `ArrayBuffer ${show(new Uint8Array(value))}`;
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${tag} [${Array.from(value as unknown[], show).join(", ")}]`;
  }
  const keys = Reflect.ownKeys(value).map((key) =>
    `${String(key)}: ${show(value[key as never])}`
  );
  return `${tag} {${keys.join(", ")}}`;
}
