import { deepStrictEqual } from "node:assert";
import { canonical, type Event, type Message } from "./trace.ts";

function flushed(...messages: readonly Message[]): Event[] {
  return [["flushed", 0, messages]];
}

// deno-fmt-ignore
const ROWS: [string, Event[], string][] = [
  ["sorts what different processes did",
    [["ended", 2, "oops"], ["result", "done"], ["ended", 1, "oops"]],
    "result done; ended 1 oops; ended 2 oops"],
  ["keeps what one supervisor did in its order",
    [["stopping", 1, "b", 3, "shutdown"], ["stopping", 1, "a", 2, "shutdown"], ["started", 1, "a", 4]],
    "stopping 1 b 3 shutdown; stopping 1 a 2 shutdown; started 1 a 4"],
  ["sorts children that were asked at the same time",
    [["stopping", 1, "dynamic", 3, "shutdown"], ["stopping", 1, "dynamic", 2, "shutdown"]],
    "stopping 1 dynamic 2 shutdown; stopping 1 dynamic 3 shutdown"],
  ["sorts children of a supervisor that was killed",
    [["stopping", 1, "a", 3, "killed"], ["stopping", 1, "b", 2, "killed"]],
    "stopping 1 b 2 killed; stopping 1 a 3 killed"],
  ["keeps messages of different steps in their order",
    flushed(["message", 2, 0], ["step"], ["message", 1, 0], ["step"]),
    "flushed 0 [[message 2 0] [message 1 0]]"],
  ["sorts the messages of one step by sender",
    flushed(["exit", 2, "oops"], ["message", 1, 0]),
    "flushed 0 [[message 1 0] [exit 2 oops]]"],
  ["keeps the messages of one sender in their order",
    flushed(["message", 1, 2], ["message", 1, 1]),
    "flushed 0 [[message 1 2] [message 1 1]]"],
  ["sorts the notices of one end",
    flushed(["exit", 1, "oops"], ["down", 1, 1, "oops"], ["down", 1, 0, "oops"]),
    "flushed 0 [[down 1 0 oops] [down 1 1 oops] [exit 1 oops]]"],
  ["keeps a notice behind messages",
    flushed(["message", 1, 2], ["message", 1, 1], ["down", 1, 0, "oops"]),
    "flushed 0 [[message 1 2] [message 1 1] [down 1 0 oops]]"],
  ["keeps a notice that came too early before messages",
    flushed(["message", 1, 2], ["down", 1, 0, "oops"], ["message", 1, 1]),
    "flushed 0 [[message 1 2] [down 1 0 oops] [message 1 1]]"],
  ["sorts the children of a dynamic supervisor, and no others",
    [["result", ["b", 2], ["a", 3]], ["result", ["dynamic", 3], ["dynamic", 2]]],
    "result [b 2] [a 3]; result [dynamic 2] [dynamic 3]"],
];

for (const [what, events, line] of ROWS) {
  Deno.test(`canonical() ${what}`, () => {
    deepStrictEqual(canonical([events]), [line]);
  });
}
