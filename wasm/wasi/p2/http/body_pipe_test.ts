import { deepStrictEqual, strictEqual } from "node:assert";
import { PIPE_BYTES_MAX } from "../limits.ts";
import { type BodyDrain, BodyPipe } from "./body_pipe.ts";
import { HttpFailure } from "./error_code.ts";
import { atTurnEnd } from "./turn_end.ts";

/** A drain that notes what it is told, and takes each piece when it is let to. */
class Notes implements BodyDrain {
  readonly seen: string[] = [];
  taken = Promise.withResolvers<void>();

  write(bytes: Uint8Array): Promise<void> {
    this.seen.push(`write ${bytes.length}`);
    return this.taken.promise;
  }

  end(rest: Uint8Array): void {
    this.seen.push(`end ${rest.length}`);
  }

  abort(): void {
    this.seen.push("abort");
  }
}

function turnEnd(): Promise<void> {
  return new Promise((resolve) => atTurnEnd(resolve));
}

function piped(): { pipe: BodyPipe; notes: Notes } {
  const [pipe, notes] = [new BodyPipe(), new Notes()];
  pipe.attach(notes);
  return { pipe, notes };
}

Deno.test("BodyPipe passes on what one turn has written as one piece, whatever waits in between", async () => {
  const { pipe, notes } = piped();
  pipe.write(new Uint8Array(3));
  // So often is a guest suspended in a flush that does not wait.
  for (let count = 0; count < 5; count++) await undefined;
  pipe.write(new Uint8Array(4));
  deepStrictEqual(notes.seen, []);
  await turnEnd();
  deepStrictEqual(notes.seen, ["write 7"]);
});

Deno.test("BodyPipe ends with all that one turn has written, and the end", async () => {
  const { pipe, notes } = piped();
  pipe.write(new Uint8Array(3));
  await undefined;
  pipe.end([]);
  await turnEnd();
  deepStrictEqual(notes.seen, ["end 3"]);
});

Deno.test("BodyPipe has one piece under way, and as much again waits", async () => {
  const { pipe, notes } = piped();
  pipe.write(new Uint8Array(PIPE_BYTES_MAX));
  strictEqual(pipe.isReady, false);
  await turnEnd();
  pipe.write(new Uint8Array(PIPE_BYTES_MAX));
  await turnEnd();
  strictEqual(pipe.room(), 0);
  deepStrictEqual(notes.seen, [`write ${PIPE_BYTES_MAX}`]);
  notes.taken.resolve();
  await turnEnd();
  strictEqual(pipe.room(), PIPE_BYTES_MAX);
  strictEqual(notes.seen.length, 2);
});

type Step = (pipe: BodyPipe, notes: Notes) => Promise<void> | void;

// What is done before the guest ends, and what the drain sees then.
const ENDS: readonly [what: string, before: Step, seen: readonly string[]][] = [
  ["nothing is written", () => {}, ["abort"]],
  ["some is written", write, ["write 3", "abort"]],
  ["all is written", end, ["end 3"]],
  ["some was passed on", writeAndWait, ["write 3", "abort"]],
  ["a piece is under way and more waits", writeTwice, ["write 3", "abort"]],
  ["it was aborted", (pipe) => pipe.abort(), ["abort"]],
  ["nobody reads it", (pipe) => pipe.closeReader(), []],
];

function write(pipe: BodyPipe): void {
  pipe.write(new Uint8Array(3));
}

function end(pipe: BodyPipe): void {
  write(pipe);
  pipe.end([]);
}

async function writeAndWait(pipe: BodyPipe, notes: Notes): Promise<void> {
  write(pipe);
  await turnEnd();
  notes.taken.resolve();
  await turnEnd();
}

async function writeTwice(pipe: BodyPipe): Promise<void> {
  write(pipe);
  await turnEnd();
  write(pipe);
}

for (const [what, before, seen] of ENDS) {
  Deno.test(`BodyPipe.finishNow() passes on what there is when ${what}`, async () => {
    const { pipe, notes } = piped();
    await before(pipe, notes);
    pipe.finishNow();
    deepStrictEqual(notes.seen, seen);
    // Nothing comes behind it.
    await turnEnd();
    deepStrictEqual(notes.seen, seen);
  });
}

Deno.test("BodyPipe.finishNow() leaves nobody to hear that the last piece has failed", async () => {
  const { pipe, notes } = piped();
  write(pipe);
  pipe.finishNow();
  notes.taken.reject(new HttpFailure({ tag: "connection-terminated" }));
  await turnEnd();
  deepStrictEqual(notes.seen, ["write 3", "abort"]);
});
