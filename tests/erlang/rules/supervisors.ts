/**
 * The rules of supervisors.
 *
 * @module
 */

import type {
  ChildSpec,
  Command,
  Reason,
  Scenario,
  SupervisorPlan,
} from "../scenario.ts";
import { crash, eachReason, end, exit, send, unlink } from "./command.ts";

const CHILD: Omit<ChildSpec, "id"> = {
  restart: "permanent",
  kind: "obedient",
  shutdown: "timeout",
  significant: false,
  fails: [],
};

function child(id: string, how: Partial<ChildSpec> = {}): ChildSpec {
  return { ...CHILD, id, ...how };
}

/** One process, a supervisor of a, b and c, and what becomes of them: they are processes 2, 3 and 4. */
function supervised(
  plan: Partial<SupervisorPlan>,
  ...commands: readonly Command[]
): Scenario {
  const whole: SupervisorPlan = {
    strategy: "oneForOne",
    intensity: 1,
    autoShutdown: "never",
    children: ["a", "b", "c"].map((id) => child(id)),
    ...plan,
  };
  const supervise: Command = { type: "supervise", plan: whole };
  return { processes: 1, commands: [supervise, ...commands] };
}

function ask(
  type: "terminateChild" | "restartChild" | "deleteChild",
  id: string,
): Command {
  return { type, supervisor: 0, id };
}

function start(spec: ChildSpec): Command {
  return { type: "startChild", supervisor: 0, spec };
}

const WHICH: Command = { type: "whichChildren", supervisor: 0 };
const COUNT: Command = { type: "countChildren", supervisor: 0 };
// b ends: of those that are told, 0 is the process, then a, b and c.
const B_CRASHES = crash(2);

function stop(reason: Reason): Command {
  return { type: "stop", supervisor: 0, reason };
}

function product<A, B, C>(
  as: readonly A[],
  bs: readonly B[],
  cs: readonly C[],
): [A, B, C][] {
  return as.flatMap((a) =>
    bs.flatMap((b) => cs.map((c): [A, B, C] => [a, b, c]))
  );
}

const STRATEGIES = ["oneForOne", "oneForAll", "restForOne"] as const;
const RESTARTS = ["permanent", "transient", "temporary"] as const;

/** By name: of children that are listed. */
export const SUPERVISORS: readonly [string, Scenario][] = [
  ...product(STRATEGIES, RESTARTS, ["normal", "shutdown", "oops"] as const)
    .map(([strategy, restart, reason]): [string, Scenario] => [
      `${strategy}, a ${restart} child ends: ${reason}`,
      supervised(
        {
          strategy,
          children: [child("a"), child("b", { restart }), child("c")],
        },
        end(2, reason),
        WHICH,
      ),
    ]),
  ...product(
    ["anySignificant", "allSignificant"] as const,
    ["transient", "temporary"] as const,
    ["normal", "oops"] as const,
  ).map(([autoShutdown, restart, reason]): [string, Scenario] => [
    `${autoShutdown}, ${restart} children end: ${reason}`,
    supervised(
      {
        autoShutdown,
        intensity: 3,
        children: [
          child("a", { restart, significant: true }),
          child("b", { restart, significant: true }),
          child("c", { restart }),
        ],
      },
      end(3, reason),
      WHICH,
      end(1, reason),
      WHICH,
      end(1, reason),
      WHICH,
    ),
  ]),
  ...eachReason(
    "a supervisor is asked to stop",
    (reason) => supervised({}, stop(reason)),
  ),
  [
    "one restart too many",
    supervised({ intensity: 1 }, B_CRASHES, B_CRASHES, COUNT),
  ],
  ["no restart is borne", supervised({ intensity: 0 }, B_CRASHES)],
  [
    "a start that fails",
    supervised({ children: [child("a"), child("b", { fails: [1] })] }),
  ],
  [
    "a restart that fails counts as one",
    supervised(
      { children: [child("a", { fails: [2], kind: "plain" })], intensity: 2 },
      crash(1),
      WHICH,
      crash(1),
    ),
  ],
  ["stubborn children are killed", {
    ...supervised({
      children: [
        child("a", { kind: "stubborn" }),
        child("b", { kind: "stubborn", shutdown: "brutalKill" }),
        child("c", { shutdown: "infinity" }),
      ],
    }, stop("shutdown")),
  }],
  [
    "terminate, restart, delete",
    supervised(
      {},
      ask("terminateChild", "b"),
      WHICH,
      ask("restartChild", "b"),
      ask("restartChild", "b"),
      ask("deleteChild", "b"),
      ask("terminateChild", "b"),
      ask("deleteChild", "b"),
      ask("deleteChild", "b"),
      WHICH,
      COUNT,
    ),
  ],
  [
    "terminate a temporary child",
    supervised(
      { children: [child("a", { restart: "temporary" })] },
      ask("terminateChild", "a"),
      ask("restartChild", "a"),
      COUNT,
    ),
  ],
  [
    "terminate a significant child",
    supervised(
      {
        autoShutdown: "anySignificant",
        children: [child("a", { restart: "transient", significant: true })],
      },
      ask("terminateChild", "a"),
      WHICH,
    ),
  ],
  [
    "start a child",
    supervised(
      {},
      start(child("d")),
      start(child("d")),
      ask("terminateChild", "d"),
      start(child("d")),
      start(child("e", { fails: [1] })),
      start(child("f", { restart: "transient", significant: true })),
      COUNT,
    ),
  ],
  [
    "a child that has unlinked itself",
    supervised({}, unlink(2, 1), B_CRASHES, WHICH),
  ],
  [
    "a child that is thought to have ended",
    supervised({}, exit(2, 1, "oops"), WHICH),
  ],
  [
    "whom a supervisor does not heed",
    supervised({}, exit(0, 1, "shutdown"), send(0, 1, 1), COUNT),
  ],
  ["a supervisor that is killed", supervised({}, exit(0, 1, "kill"), COUNT)],
];

/** A dynamic supervisor of two children, processes 2 and 3. */
function dynamic(
  how: Partial<ChildSpec>,
  ...commands: readonly Command[]
): Scenario {
  const plan = { intensity: 1, child: child("dynamic", how) };
  const start: Command = { type: "startDynamic", supervisor: 0 };
  return {
    processes: 1,
    commands: [{ type: "superviseDynamic", plan }, start, start, ...commands],
  };
}

function terminate(process: number): Command {
  return { type: "terminateDynamic", supervisor: 0, process };
}

// Of those that are told, 0 is the process, then b, and x of the nested one.
const KILL_X: Command = { type: "kill", process: 2 };
const WHICH_NESTED: Command = { type: "whichChildren", supervisor: 1 };

/** One process, a supervisor of a nested one, a, and of b, and what becomes of them. */
function nesting(
  plan: Partial<SupervisorPlan>,
  how: Partial<ChildSpec>,
  ...commands: readonly Command[]
): Scenario {
  const a = child("a", { kind: "nested", shutdown: "infinity", ...how });
  return supervised({ children: [a, child("b")], ...plan }, ...commands);
}

/** By name: of children that are supervisors. */
export const NESTED: readonly [string, Scenario][] = [
  ["nested, a restart", nesting({}, {}, KILL_X, WHICH_NESTED, WHICH)],
  ...RESTARTS.map((restart): [string, Scenario] => [
    `nested, one restart too many of a ${restart} supervisor`,
    nesting({}, { restart }, KILL_X, KILL_X, WHICH_NESTED, WHICH),
  ]),
  [
    "nested, one restart too many of each",
    nesting({ intensity: 0 }, {}, KILL_X, KILL_X),
  ],
  ["nested, stop", nesting({}, {}, stop("shutdown"))],
  ["nested, killed", nesting({}, {}, exit(0, 2, "kill"), WHICH)],
  [
    "nested, killed at once",
    nesting({}, { shutdown: "brutalKill" }, stop("shutdown")),
  ],
  ["nested, asked by a stranger", nesting({}, {}, exit(0, 2, "shutdown"))],
  [
    "nested, its supervisor is killed",
    nesting({}, {}, exit(0, 1, "kill")),
  ],
  [
    "nested, stopped for another",
    nesting({ strategy: "oneForAll" }, {}, crash(1), WHICH, WHICH_NESTED),
  ],
  [
    "nested, terminate and restart",
    nesting({}, {}, ask("terminateChild", "a"), ask("restartChild", "a")),
  ],
];

/** By name: of children that are started on request. */
export const DYNAMIC: readonly [string, Scenario][] = [
  ...product(RESTARTS, ["normal", "shutdown", "oops"] as const, [0])
    .map(([restart, reason]): [string, Scenario] => [
      `a dynamic ${restart} child ends: ${reason}`,
      dynamic({ restart }, end(1, reason), WHICH, COUNT),
    ]),
  ["dynamic, one restart too many", dynamic({}, crash(1), crash(1))],
  [
    "dynamic, terminate",
    dynamic({}, terminate(2), terminate(0), WHICH, COUNT),
  ],
  [
    "dynamic, a start that fails",
    dynamic({ fails: [2], kind: "plain" }, crash(1), WHICH),
  ],
  ["dynamic, stop", dynamic({}, stop("shutdown"))],
];
