import { deepStrictEqual } from "node:assert";
import { Openings } from "./openings.ts";

function socketsOf(count: number, destroyed: number[]) {
  return Array.from(
    { length: count },
    (_, index) => ({ destroy: () => void destroyed.push(index) }),
  );
}

Deno.test("Openings.look() cuts who is late, and no other", () => {
  const destroyed: number[] = [];
  const [first, second, third] = socketsOf(3, destroyed);
  const openings = new Openings(10, 9);
  openings.add(first!, 0);
  openings.add(second!, 0);
  openings.add(third!, 5);
  openings.delete(second!);
  openings.look(9);
  deepStrictEqual(destroyed, []);
  openings.look(10);
  openings.look(11);
  deepStrictEqual(destroyed, [0]);
  openings.look(15);
  deepStrictEqual(destroyed, [0, 2]);
});

Deno.test("Openings.add() cuts one too many, and Openings.close() all", () => {
  const destroyed: number[] = [];
  const openings = new Openings(10, 2);
  for (const socket of socketsOf(3, destroyed)) openings.add(socket, 0);
  deepStrictEqual(destroyed, [2]);
  openings.close();
  deepStrictEqual(destroyed, [2, 0, 1]);
  openings.look(20);
  deepStrictEqual(destroyed, [2, 0, 1]);
});
