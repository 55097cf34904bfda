/**
 * Counts what `.ci/run` ran, from what it printed.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";

/** How many passed, and how many did not. */
export interface Tally {
  /** Tests that passed. */
  readonly passed: number;
  /** Tests and steps that failed. */
  readonly failed: number;
}

/** What one command left behind. */
export interface Run {
  /** Its exit status. */
  readonly status: number;
  /** Everything it printed. */
  readonly output: string;
}

/**
 * Counts the tests of a `deno test`.
 *
 * The last summary counts: tests may print summaries of their own. A run that
 * failed without a failing test, or without a summary, counts as one failure.
 */
export function countTests({ status, output }: Run): Tally {
  const summary = lines(output).map((line) => SUMMARY.exec(line))
    .findLast((match) => match !== null);
  const passed = Number(summary?.[1] ?? 0);
  const failed = Number(summary?.[2] ?? 0);
  return { passed, failed: atLeastOne(status, failed) };
}

/** Counts the failing steps of `deno task ok`; passing ones are no tests. */
export function countSteps({ status, output }: Run): Tally {
  const failed = lines(output).filter((line) => FAILED_STEP.test(line)).length;
  return { passed: 0, failed: atLeastOne(status, failed) };
}

/** Adds up two tallies. */
export function addTallies(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

// `ok | 12 passed (3 steps) | 0 failed (1 step) | 1 ignored (2s)`
const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed(?: \(.*?\))? \| (\d+) failed/;
// `✗ lint        1.2 s`
const FAILED_STEP = /^✗ [a-z]+ +\d+\.\d s$/;

function lines(output: string): string[] {
  return stripVTControlCharacters(output).split(/\r?\n/);
}

function atLeastOne(status: number, failed: number): number {
  return status === 0 ? failed : Math.max(failed, 1);
}

async function readRun(status = "", path = ""): Promise<Run> {
  return { status: Number(status), output: await Deno.readTextFile(path) };
}

if (import.meta.main) {
  const [testStatus, testLog, okStatus, okLog] = Deno.args;
  const tests = countTests(await readRun(testStatus, testLog));
  const steps = countSteps(await readRun(okStatus, okLog));
  const { passed, failed } = addTallies(tests, steps);
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
