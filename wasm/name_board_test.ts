import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { Pid, Runtime } from "@rusm/otp";

import { NODE_NAMES_MAX } from "./limits.ts";
import { type Crier, NameBoard } from "./name_board.ts";
import type { Tiding } from "./wire.ts";

const ONE = new Pid(0, 1, 5);
const TWO = new Pid(0, 2, 6);

/** A board of three schedulers, and what they are told. */
class Setup implements Crier {
  readonly runtime = new Runtime();
  readonly board = new NameBoard(this.runtime, this);
  readonly there = new Set([1, 2, 3]);
  #told: string[] = [];

  constructor() {
    for (const index of this.there) {
      this.runtime.connect(index, { send: () => true });
    }
  }

  tell(scheduler: number, tiding: Tiding): boolean {
    if (!this.there.has(scheduler)) return false;
    const name = "name" in tiding ? ` ${tiding.name}` : "";
    const verdict = "isGranted" in tiding ? ` ${tiding.isGranted}` : "";
    this.#told.push(`${scheduler} ${tiding.type}${name}${verdict}`);
    return true;
  }

  tellAll(tiding: Tiding, last: number | undefined): void {
    const rest = [...this.there].filter((index) => index !== last);
    for (const index of rest) this.tell(index, tiding);
    if (last !== undefined) this.tell(last, tiding);
  }

  ask(pid: Pid, name = "x"): void {
    this.board.heed(pid.scheduler, { type: "register", name, pid });
  }

  lose(scheduler: number): void {
    this.there.delete(scheduler);
    this.runtime.disconnect(scheduler);
    this.board.lost(scheduler);
  }

  /** What was told since it was asked last. */
  told(): string[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }
}

Deno.test("NameBoard tells all schedulers of a name, and that of its process last", () => {
  const setup = new Setup();
  setup.ask(TWO);
  deepStrictEqual(setup.told(), [
    ...["1 named x", "3 named x", "2 named x", "2 decided true"],
  ]);
  strictEqual(setup.runtime.whereis("x"), TWO);
  deepStrictEqual(setup.board.all(), {
    type: "names",
    names: [["x", TWO.toBigInt()]],
  });
  setup.runtime.unregister("x");
  deepStrictEqual(setup.told(), ["1 unnamed x", "2 unnamed x", "3 unnamed x"]);
});

Deno.test("NameBoard refuses a name that a process of this thread or of the same scheduler has", () => {
  const setup = new Setup();
  const { pid } = setup.runtime.spawn((self) => self.receive());
  setup.runtime.register("x", pid);
  setup.ask(ONE);
  setup.ask(ONE, "y");
  setup.told();
  setup.ask(new Pid(0, 1, 9), "y");
  setup.ask(ONE);
  deepStrictEqual(setup.told(), ["1 decided false", "1 decided false"]);
  setup.runtime.kill(pid);
});

Deno.test("NameBoard refuses a name that another scheduler's process has when that one has had its say", () => {
  const setup = new Setup();
  setup.ask(ONE);
  setup.told();
  setup.ask(TWO);
  deepStrictEqual(setup.told(), ["1 echo"]);
  setup.board.heed(1, { type: "echoed" });
  deepStrictEqual(setup.told(), ["2 decided false"]);
  strictEqual(setup.runtime.whereis("x"), ONE);
});

Deno.test("NameBoard gives a name whose holder's end was still on its way, to who asked first", () => {
  const setup = new Setup();
  setup.ask(ONE);
  setup.ask(TWO);
  setup.ask(new Pid(0, 3, 7));
  setup.told();
  setup.board.heed(1, { type: "unnamed", name: "x", pid: ONE });
  setup.board.heed(1, { type: "echoed" });
  setup.board.heed(1, { type: "echoed" });
  setup.board.heed(1, { type: "echoed" });
  strictEqual(setup.runtime.whereis("x"), TWO);
  deepStrictEqual(setup.told().filter((line) => line.includes("decided")), [
    ...["2 decided true", "3 decided false"],
  ]);
});

Deno.test("NameBoard takes a name back from its process alone", () => {
  const setup = new Setup();
  setup.ask(ONE);
  setup.board.heed(2, { type: "unnamed", name: "x", pid: TWO });
  strictEqual(setup.runtime.whereis("x"), ONE);
});

Deno.test("NameBoard gives what a lost scheduler's process had to who waits for it", () => {
  const setup = new Setup();
  setup.ask(ONE);
  setup.ask(TWO);
  setup.lose(1);
  strictEqual(setup.runtime.whereis("x"), TWO);
});

Deno.test("NameBoard gives nothing to a scheduler that was lost while it waited", () => {
  const setup = new Setup();
  setup.ask(ONE);
  setup.ask(TWO);
  setup.lose(2);
  setup.board.heed(1, { type: "unnamed", name: "x", pid: ONE });
  setup.board.heed(1, { type: "echoed" });
  strictEqual(setup.runtime.whereis("x"), undefined);
});

Deno.test("NameBoard gives guests no more names than a node can have", () => {
  const setup = new Setup();
  setup.there.clear();
  for (let count = 0; count < NODE_NAMES_MAX; count++) {
    ok(setup.runtime.registerAway(`${count}`, ONE));
  }
  setup.there.add(2);
  setup.ask(TWO);
  deepStrictEqual(setup.told(), ["2 decided false"]);
  setup.board.close();
  setup.runtime.unregister("0");
  deepStrictEqual(setup.told(), []);
});

Deno.test("NameBoard.give() keeps a name from guests, also when its process has ended, until it is released", () => {
  const setup = new Setup();
  strictEqual(setup.board.give(ONE, "x"), true);
  strictEqual(setup.board.give(TWO, "x"), false);
  setup.runtime.unregister("x");
  setup.told();
  setup.ask(TWO);
  deepStrictEqual(setup.told(), ["2 decided false"]);
  strictEqual(setup.board.give(ONE, "x"), true);
  setup.runtime.unregister("x");
  setup.board.release("x");
  setup.told();
  setup.ask(TWO);
  strictEqual(setup.told().at(-1), "2 decided true");
});
