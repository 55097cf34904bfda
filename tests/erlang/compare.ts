/**
 * Traces of two sides compared, and the smallest scenario they disagree about.
 *
 * @module
 */

import type { Command, Scenario, SupervisorPlan } from "./scenario.ts";
import { canonical, type Trace } from "./trace.ts";

/** Carries scenarios out, each from its beginning, and answers their traces. */
export type Side = (scenarios: readonly Scenario[]) => Promise<Trace[]>;

/** Erlang, and us. */
export interface Sides {
  /** What is right. */
  readonly theirs: Side;
  /** What is to be right. */
  readonly ours: Side;
}

/** A scenario that the sides disagree about; canonical traces. */
export interface Disagreement {
  /** What was to be done. */
  readonly scenario: Scenario;
  /** What Erlang observed, a line for each step. */
  readonly theirs: readonly string[];
  /** What we observed. */
  readonly ours: readonly string[];
}

/** Those of `scenarios` that the sides disagree about, in their order. */
export async function disagreements(
  sides: Sides,
  scenarios: readonly Scenario[],
): Promise<Disagreement[]> {
  const [theirs, ours] = await Promise.all([
    sides.theirs(scenarios),
    sides.ours(scenarios),
  ]);
  return scenarios
    .map((scenario, index) => ({
      scenario,
      theirs: canonical(theirs[index]!),
      ours: canonical(ours[index]!),
    }))
    .filter(({ theirs, ours }) => theirs.join("\n") !== ours.join("\n"));
}

/** The smallest disagreement that is left of `disagreement` when one part after the other is left out. */
export async function minimal(
  sides: Sides,
  disagreement: Disagreement,
): Promise<Disagreement> {
  for (;;) {
    const candidates = smaller(disagreement.scenario);
    const [first] = await disagreements(sides, candidates);
    if (first === undefined) return disagreement;
    disagreement = first;
  }
}

// The smallest first.
function smaller(scenario: Scenario): Scenario[] {
  const { processes, commands } = scenario;
  const shorter = [2, 4, 8, 16, commands.length]
    .filter((parts) => parts <= commands.length)
    .flatMap((parts) => without(commands, Math.ceil(commands.length / parts)))
    .map((commands) => ({ processes, commands }));
  const fewer = processes > 1 ? [{ processes: processes - 1, commands }] : [];
  const simpler = commands.flatMap((command, index) =>
    simplerCommands(command).map((simpler) => ({
      processes,
      commands: commands.with(index, simpler),
    }))
  );
  return [...shorter, ...fewer, ...simpler];
}

function without<T>(items: readonly T[], count: number): T[][] {
  const starts = items.keys().filter((index) => index % count === 0);
  return [...starts].map((start) => items.toSpliced(start, count));
}

function simplerCommands(command: Command): Command[] {
  if (command.type === "supervise") {
    return simplerPlans(command.plan).map((plan) => ({ ...command, plan }));
  }
  if (command.type === "end" && command.sends.length > 0) {
    return [{ ...command, sends: command.sends.slice(1) }];
  }
  return [];
}

function simplerPlans(plan: SupervisorPlan): SupervisorPlan[] {
  return without(plan.children, 1).map((children) => ({ ...plan, children }));
}

/** What people read of a disagreement: commands, and what either side observed of them. */
export function report({ scenario, theirs, ours }: Disagreement): string {
  const commands = [...scenario.commands, { type: "flush of all" }];
  const steps = commands.map((command, index) => {
    const [their, our] = [theirs[index] ?? "", ours[index] ?? ""];
    const lines = their === our
      ? [`  both:   ${their}`]
      : [`  Erlang: ${their}`, `  ours:   ${our}`];
    return [JSON.stringify(command), ...lines].join("\n");
  });
  return [
    JSON.stringify(scenario),
    `${scenario.processes} processes`,
    ...steps,
  ].join("\n");
}
