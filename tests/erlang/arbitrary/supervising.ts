/**
 * Supervisors, and what they are asked.
 *
 * @module
 */

import fc from "fast-check";
import type {
  ChildSpec,
  Command,
  Supervising,
  SupervisorPlan,
} from "../scenario.ts";
import { index, oneOf, reason, weigh } from "./vocabulary.ts";

const ids = ["a", "b", "c", "d"];
const restart = oneOf("permanent", "transient", "temporary");
const never = fc.constant(false);
const fails = fc.oneof(
  weigh(2, fc.constant([])),
  weigh(
    1,
    fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
  ),
  weigh(1, oneOf([2], [3], [2, 3])),
);

type Manners = Pick<ChildSpec, "kind" | "shutdown">;

const PLAIN: Manners = { kind: "plain", shutdown: "timeout" };

// A stubborn child takes time of real Erlang, so there are few.
const manners: fc.Arbitrary<Manners> = fc.oneof(
  weigh(5, fc.constant(PLAIN)),
  weigh(5, fc.constant({ kind: "plain", shutdown: "brutalKill" })),
  weigh(9, fc.constant({ kind: "obedient", shutdown: "timeout" })),
  weigh(9, fc.constant({ kind: "obedient", shutdown: "infinity" })),
  weigh(5, fc.constant({ kind: "obedient", shutdown: "brutalKill" })),
  weigh(5, fc.constant({ kind: "stubborn", shutdown: "brutalKill" })),
  weigh(1, fc.constant({ kind: "stubborn", shutdown: "timeout" })),
);

const nested: fc.Arbitrary<Manners> = fc.oneof(
  weigh(3, fc.constant({ kind: "nested", shutdown: "infinity" })),
  weigh(1, fc.constant({ kind: "nested", shutdown: "brutalKill" })),
);

// What children of one supervisor are like. Those whose starts can fail do not
// trap exits.
const MANNERS = {
  failing: fc.constant(PLAIN),
  single: manners,
  any: fc.oneof(weigh(4, manners), weigh(1, nested)),
};

function childOf(
  id: fc.Arbitrary<string>,
  like: keyof typeof MANNERS,
  significant: fc.Arbitrary<boolean>,
): fc.Arbitrary<ChildSpec> {
  return fc.record({
    id,
    restart,
    significant,
    fails: like === "failing" ? fails : fc.constant([]),
    manners: MANNERS[like],
  }).map(({ manners, significant, ...child }) => ({
    ...child,
    ...manners,
    significant: significant && child.restart !== "permanent",
  }));
}

const plan: fc.Arbitrary<SupervisorPlan> = fc.record({
  like: oneOf("failing", "any"),
  autoShutdown: oneOf("never", "never", "anySignificant", "allSignificant"),
}).chain(({ like, autoShutdown }) => {
  const significant = autoShutdown === "never" ? never : fc.boolean();
  const id = oneOf("a", "b", "c");
  return fc.record({
    strategy: oneOf("oneForOne", "oneForAll", "restForOne"),
    intensity: fc.nat(3),
    autoShutdown: fc.constant(autoShutdown),
    children: fc.uniqueArray(childOf(id, like, significant), {
      selector: ({ id }) => id,
      maxLength: 3,
      size: "max",
    }),
  });
});

/** The start of a supervisor. */
export const supervise: fc.Arbitrary<Supervising> = fc.record({
  type: fc.constant("supervise"),
  plan,
});

/** The start of a dynamic supervisor. */
export const superviseDynamic: fc.Arbitrary<Supervising> = fc.record({
  type: fc.constant("superviseDynamic"),
  plan: fc.record({
    intensity: fc.nat(3),
    child: oneOf("failing", "single").chain((like) =>
      childOf(fc.constant("dynamic"), like, never)
    ),
  }),
});

const supervisor = fc.nat(1);
const id = oneOf(...ids);

/** The start of a child of a dynamic supervisor. */
export const startDynamic: fc.Arbitrary<Supervising> = fc.record({
  type: fc.constant("startDynamic"),
  supervisor,
});

// A child that cannot be started at first is not added, so it has no second try.
const late: fc.Arbitrary<ChildSpec> = fc.oneof(
  weigh(4, childOf(id, "any", oneOf(false, false, true))),
  weigh(
    1,
    childOf(id, "single", never).map((child) => ({ ...child, fails: [1] })),
  ),
);

/** Anything that a supervisor can be asked, whichever it is. */
export const asking: fc.Arbitrary<Supervising> = fc.oneof(
  weigh(
    2,
    fc.record({ type: fc.constant("startChild"), supervisor, spec: late }),
  ),
  weigh(
    4,
    fc.record({
      type: oneOf("terminateChild", "restartChild", "deleteChild"),
      supervisor,
      id,
    }),
  ),
  weigh(
    4,
    fc.record({ type: oneOf("whichChildren", "countChildren"), supervisor }),
  ),
  weigh(1, startDynamic),
  weigh(
    2,
    fc.record({
      type: fc.constant("terminateDynamic"),
      supervisor,
      process: index,
    }),
  ),
  weigh(
    1,
    fc.record({ type: fc.constant("stop"), supervisor, reason }),
  ),
);

/** The life of a child that is stopped on request. */
export const request: fc.Arbitrary<readonly Command[]> = fc.record({
  supervisor,
  id,
})
  .chain(({ supervisor, id }) => {
    const ask = <Type extends string>(type: Type) => ({ type, supervisor, id });
    const which = { type: "whichChildren", supervisor } as const;
    return oneOf<readonly Command[]>(
      [ask("terminateChild"), which, ask("restartChild")],
      [ask("terminateChild"), ask("deleteChild"), which],
      [ask("terminateChild"), { type: "kill", process: 1 }, which],
      [{ type: "kill", process: 1 }, which, ask("restartChild")],
    );
  });
