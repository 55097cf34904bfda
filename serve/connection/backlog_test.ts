import { deepStrictEqual, strictEqual } from "node:assert";
import { Backlog } from "./backlog.ts";

function backlogOf(countMax: number, bytesMax: number) {
  const told = { count: 0 };
  const backlog = new Backlog({ countMax, bytesMax }, () => told.count++);
  return { backlog, told };
}

Deno.test("Backlog.tryAdd() refuses one message too many, and tells", () => {
  const { backlog, told } = backlogOf(2, 100);
  const added = ["a", "b", "c"].map((text) => backlog.tryAdd(text));
  deepStrictEqual(added, [true, true, false]);
  strictEqual(told.count, 1);
  backlog.remove("a");
  strictEqual(backlog.tryAdd("c"), true);
});

Deno.test("Backlog.tryAdd() refuses a byte too many, but nothing that is alone", () => {
  const { backlog } = backlogOf(9, 10);
  strictEqual(backlog.tryAdd(new Uint8Array(11)), true);
  strictEqual(backlog.tryAdd(new Uint8Array(1)), false);
  backlog.clear();
  strictEqual(backlog.tryAdd("12345"), true);
  strictEqual(backlog.tryAdd(new Uint8Array(1)), false);
});

Deno.test("Backlog.tryAdd() has room for all that is no data", () => {
  const { backlog, told } = backlogOf(1, 1);
  strictEqual(backlog.tryAdd("x"), true);
  for (const mail of [{ type: "order" }, null, undefined, 5]) {
    strictEqual(backlog.tryAdd(mail), true);
    backlog.remove(mail);
  }
  strictEqual(told.count, 0);
  strictEqual(backlog.tryAdd("x"), false);
});
