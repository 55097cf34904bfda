import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { formatReason } from "@rusm/otp";
import { TAGS_MAX } from "../node/limits.ts";
import {
  built,
  SANDBOXED,
  type Teller,
  TRUSTED,
  withProbes,
} from "./testdata/probe.ts";

async function load(teller: Teller, capability = SANDBOXED) {
  return await teller.engine.loadModule("probe", built("probe"), capability);
}

function sorted(pids: string): string[] {
  return pids.split(" ").toSorted();
}

Deno.test("register-tag() makes its process known on all schedulers before it goes on", () =>
  withProbes(async (teller, { engine }) => {
    const component = await load(teller);
    const [one, other] = [teller.spawn(component), teller.spawn(component)];
    ok(one.pid.scheduler !== other.pid.scheduler);
    strictEqual(await one.do("whereis-tag", "t"), "");
    for (let round = 0; round < 50; round++) {
      strictEqual(await one.do("register-tag", "t"), "true");
      strictEqual(await one.do("register-tag", "t"), "true");
      strictEqual(await other.do("whereis-tag", "t"), one.number);
      strictEqual(await one.do("unregister-tag", "t"), "true");
      strictEqual(await one.do("unregister-tag", "t"), "false");
      strictEqual(await one.do("whereis-tag", "t"), "");
    }
    strictEqual(await one.do("register-tag", "t"), "true");
    strictEqual(await other.do("register-tag", "t"), "true");
    strictEqual(await other.do("register-tag", "u"), "true");
    const both = [one.number, other.number].toSorted();
    deepStrictEqual(sorted(await one.do("whereis-tag", "t")), both);
    deepStrictEqual(sorted(await other.do("whereis-tag", "t")), both);
    deepStrictEqual(Object.fromEntries(engine.tags.counts()), { t: 2, u: 1 });
    // A scheduler that starts later has them, too.
    const trusted = teller.spawn(await load(teller, TRUSTED));
    deepStrictEqual(sorted(await trusted.do("whereis-tag", "t")), both);
  }));

Deno.test("a guest leaves its groups when it ends", () =>
  withProbes(async (teller, { engine, ends }) => {
    const component = await load(teller);
    const [one, other] = [teller.spawn(component), teller.spawn(component)];
    strictEqual(await one.do("register-tag", "t"), "true");
    teller.runtime.kill(one.pid);
    strictEqual(await ends.of(one.pid), "killed");
    deepStrictEqual(engine.tags.members("t"), []);
    strictEqual(await other.do("whereis-tag", "t"), "");
  }));

Deno.test("kill-tag() kills all in a group, the caller too", () =>
  withProbes(async (teller, { ends, engine }) => {
    const component = await load(teller, TRUSTED);
    const probes = [1, 2, 3].map(() => teller.spawn(component));
    const native = teller.runtime.spawn(() => new Promise(() => {}));
    ok(engine.tags.join("t", native.pid));
    for (const probe of probes) {
      strictEqual(await probe.do("register-tag", "t"), "true");
    }
    probes[0]!.tell(["kill-tag", "t"]);
    for (const { pid } of probes) strictEqual(await ends.of(pid), "killed");
    strictEqual(await native.join(), "killed");
    deepStrictEqual(engine.tags.members("t"), []);
  }));

Deno.test("kill-tag() tells how many there were, and spares who left", () =>
  withProbes(async (teller, { ends }) => {
    const component = await load(teller, TRUSTED);
    const [one, two, three] = [1, 2, 3].map(() => teller.spawn(component));
    for (const probe of [one, two]) await probe!.do("register-tag", "t");
    strictEqual(await two!.do("unregister-tag", "t"), "true");
    strictEqual(await three!.do("kill-tag", "t"), "1");
    strictEqual(await ends.of(one!.pid), "killed");
    strictEqual(await three!.do("kill-tag", "none"), "0");
    strictEqual(await two!.do("echo", "alive"), "alive");
  }));

Deno.test("register-tag() refuses too many groups, and ends a guest for too long a name", () =>
  withProbes(async (teller, { ends }) => {
    const probe = teller.spawn(await load(teller));
    for (let nth = 0; nth < TAGS_MAX; nth++) {
      strictEqual(await probe.do("register-tag", `t${nth}`), "true");
    }
    strictEqual(await probe.do("register-tag", "one more"), "false");
    strictEqual(await probe.do("register-tag", "t0"), "true");
    probe.tell(["register-tag", "x".repeat(1_025)]);
    match(
      formatReason(await ends.of(probe.pid)),
      /^crashed: RangeError: Cannot take a name of more than 1024 bytes/,
    );
  }));
