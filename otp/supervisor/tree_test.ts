import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import type { ChildSpec } from "./child.ts";
import type { Strategy } from "./restart.ts";
import { supervisor } from "../supervisor.ts";
import { simulated } from "../testdata/simulated.ts";

/** A supervisor of branches, or a leaf when there are none. */
interface Tree {
  readonly strategy: Strategy;
  readonly branches: readonly Tree[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    strategy: fc.constantFrom<Strategy>(
      "oneForOne",
      "oneForAll",
      "restForOne",
    ),
    branches: fc.oneof(
      { maxDepth: 3 },
      fc.constant([]),
      fc.array(tie("tree"), { maxLength: 3 }),
    ),
  }),
}));

function specOf({ strategy, branches }: Tree, id: string): ChildSpec {
  const children = branches.map((branch, at) => specOf(branch, `${id}.${at}`));
  const isLeaf = branches.length === 0;
  return {
    id,
    shutdown: isLeaf ? { timeoutMs: 100 } : "infinity",
    start: () =>
      isLeaf
        ? () => new Promise(() => {})
        : supervisor({ strategy, children, restartsMax: Infinity }),
  };
}

function sizeOf({ branches }: Tree): number {
  return branches.reduce((sum, branch) => sum + sizeOf(branch), 1);
}

// Whatever is killed, leaf or supervisor, and in whichever turn.
Deno.test("supervisor() trees grow back whole, and leave nothing behind", async () => {
  await fc.assert(fc.asyncProperty(
    tree,
    fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 6 }),
    async (tree, rounds) => {
      const { sim, runtime } = simulated();
      const root = runtime.spawn(supervisor({
        children: [specOf(tree, "root")],
        restartsMax: Infinity,
      }));
      await sim.run();
      for (const victims of rounds) {
        for (const victim of victims) {
          // The root has nobody to restart it.
          const [, ...others] = runtime.list();
          if (others.length > 0) runtime.kill(others[victim % others.length]!);
        }
        await sim.run();
        strictEqual(runtime.list().length, 1 + sizeOf(tree));
      }
      runtime.exit(root.pid, "shutdown");
      await sim.run();
      deepStrictEqual(runtime.list(), []);
    },
  ));
});
