/**
 * Carries scenarios out on `@rusm/otp`, on virtual time. The twin of
 * `scenario.erl`.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";
import { ask } from "./asking.ts";
import { body } from "./body.ts";
import { Cast, pick } from "./cast.ts";
import { orderOf } from "./deeds.ts";
import { mayRegister } from "./differences.ts";
import type { Command, Deed, Name, Scenario } from "./scenario.ts";
import { supervise, superviseDynamic } from "./supervising.ts";
import type { Event, Trace, Word } from "./trace.ts";

/** Carries `scenarios` out, one after the other, and answers their traces. */
export async function carryOutAll(
  scenarios: readonly Scenario[],
): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const scenario of scenarios) traces.push(await carryOut(scenario));
  return traces;
}

/** Carries `scenario` out from its beginning to its end, and answers what was observed. */
export async function carryOut(scenario: Scenario): Promise<Trace> {
  const cast = new Cast();
  for (let count = 0; count < scenario.processes; count++) {
    cast.number(cast.runtime.spawn(body(cast)).pid);
  }
  const trace: Event[][] = [];
  for (const command of scenario.commands) {
    perform(cast, command);
    trace.push(await cast.settle());
    cast.mark();
  }
  return [...trace, await flushAll(cast)];
}

async function flushAll(cast: Cast): Promise<Event[]> {
  for (const pid of cast.ready()) {
    const by = cast.numberOf(pid);
    cast.runtime.send(pid, orderOf(cast, { type: "flush", by }));
  }
  const flushed = await cast.settle();
  return [...flushed, ["alive", ...cast.living()]];
}

function perform(cast: Cast, command: Command): void {
  if ("by" in command) return tell(cast, command);
  switch (command.type) {
    case "register":
      return result(cast, register(cast, command.name, command.process));
    case "unregister":
      return result(cast, cast.runtime.unregister(command.name));
    case "whereis": {
      const pid = cast.runtime.whereis(command.name);
      return result(cast, pid === undefined ? "none" : cast.numberOf(pid));
    }
    case "kill":
      return kill(cast, command.process);
    case "supervise":
      return result(cast, supervise(cast, command.plan));
    case "superviseDynamic":
      return result(cast, superviseDynamic(cast, command.plan));
    default:
      return ask(cast, command);
  }
}

function kill(cast: Cast, index: number): void {
  const pid = pick(index, cast.ordinary());
  if (pid === undefined) return result(cast, "nobody");
  cast.runtime.kill(pid);
}

function result(cast: Cast, word: Word): void {
  cast.note(() => ["result", word]);
}

function register(cast: Cast, name: Name, index: number): boolean {
  const { runtime } = cast;
  const pid = pick(index, cast.processes)!;
  return mayRegister(runtime, pid) && runtime.register(name, pid);
}

function tell(cast: Cast, deed: Deed): void {
  const pid = pick(deed.by, cast.ready());
  if (pid === undefined) return result(cast, "nobody");
  if (isRefused(cast, deed, pid)) return result(cast, "refused");
  // Until it answers.
  cast.parked.add(cast.numberOf(pid));
  cast.runtime.send(pid, orderOf(cast, deed));
}

// Two children that end at once, by links of others, are restarted in any order,
// so supervisors and their children have no links but with each other.
function isRefused(cast: Cast, deed: Deed, pid: Pid): boolean {
  const isSupervised = (pid: Pid) => cast.supervised.has(cast.numberOf(pid));
  if (deed.type === "spawn") return deed.how === "link" && isSupervised(pid);
  if (deed.type !== "link") return false;
  return isSupervised(pid) || isSupervised(pick(deed.to, cast.processes)!);
}
