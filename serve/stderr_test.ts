import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { STDERR_WAITING_CHARS_MAX } from "./limits.ts";
import { LineQueue, wantsColor } from "./stderr.ts";

const TEXT = "one line\n";

/** A pipe that answers each write with the next of `answers`: it takes that many bytes, or fails so. */
class Pipe {
  readonly #answers: (number | Error)[];
  readonly #taken: number[] = [];
  /** How often it was written to. */
  writes = 0;

  constructor(answers: readonly (number | Error)[]) {
    this.#answers = [...answers];
  }

  readonly write = (bytes: Uint8Array): Promise<number> => {
    this.writes++;
    const answer = this.#answers.shift() ?? bytes.length;
    if (answer instanceof Error) return Promise.reject(answer);
    this.#taken.push(...bytes.subarray(0, answer));
    return Promise.resolve(Math.min(answer, bytes.length));
  };

  /** What it has taken. */
  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.#taken));
  }
}

function queueOf(pipe: Pick<Pipe, "write">): LineQueue {
  return new LineQueue(pipe.write, () => {});
}

// deno-fmt-ignore
const PIPES = [
  ["takes all",        [],                                                TEXT],
  ["takes a part",     [3, 1, 2],                                         TEXT],
  ["is full at times", [2, new Deno.errors.WouldBlock(), 3, new Deno.errors.WouldBlock()], TEXT],
  ["closes",           [3, new Deno.errors.BrokenPipe()],                 "one"],
  ["has no space",     [3, new Error("No space left on device")],         "one"],
] as const;

for (const [what, answers, expected] of PIPES) {
  Deno.test(`LineQueue.write() to a pipe that ${what}`, async () => {
    const pipe = new Pipe(answers);
    const queue = queueOf(pipe);
    queue.write(TEXT);
    await queue.flush();
    strictEqual(pipe.text, expected);
  });
}

Deno.test("LineQueue.write() goes on after a failure", async () => {
  const pipe = new Pipe([new Deno.errors.BrokenPipe()]);
  const queue = queueOf(pipe);
  queue.write("lost\n");
  await queue.flush();
  queue.write(TEXT);
  await queue.flush();
  strictEqual(pipe.text, TEXT);
});

Deno.test("LineQueue.write() puts what one turn writes into one piece", async () => {
  const pipe = new Pipe([]);
  const queue = queueOf(pipe);
  for (let index = 0; index < 100; index++) queue.write(`${index}\n`);
  strictEqual(pipe.writes, 0);
  await queue.flush();
  strictEqual(pipe.writes, 1);
  strictEqual(pipe.text.split("\n").length, 101);
});

/** A pipe whose reader takes a piece only when it is told to. */
class Stuck {
  readonly texts: string[] = [];
  #take: (() => void) | undefined;

  readonly write = (bytes: Uint8Array): Promise<number> => {
    this.texts.push(new TextDecoder().decode(bytes));
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#take = () => resolve(bytes.length);
    return promise;
  };

  /** Takes the piece that waits. */
  async take(): Promise<void> {
    this.#take!();
    // The queue goes on before a macrotask does.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

Deno.test("LineQueue.write() drops what finds no room, and tells how many", async () => {
  const stuck = new Stuck();
  const queue: LineQueue = new LineQueue(
    stuck.write,
    (count) => queue.write(`dropped ${count}\n`),
  );
  queue.write("first\n");
  await new Promise((resolve) => setImmediate(resolve));
  deepStrictEqual(stuck.texts, ["first\n"]);
  const half = "a".repeat(STDERR_WAITING_CHARS_MAX / 2);
  for (let index = 0; index < 1_000; index++) queue.write(half);
  await stuck.take();
  ok(stuck.texts[1] === half + half);
  queue.write(TEXT);
  await stuck.take();
  deepStrictEqual(stuck.texts.slice(2), [`dropped 998\n${TEXT}`]);
  await stuck.take();
  await queue.flush();
});

// deno-fmt-ignore
const COLORS = [
  // terminal  NO_COLOR  FORCE_COLOR  coloured
  [true,       false,    undefined,   true],
  [true,       true,     undefined,   false],
  [false,      false,    undefined,   false],
  [false,      false,    "1",         true],
  [false,      true,     "1",         true],
  [true,       true,     "0",         false],
  [true,       false,    "0",         true],
  [false,      false,    "false",     false],
  [false,      false,    "",          false],
] as const;

for (const [isTerminal, noColor, forced, expected] of COLORS) {
  Deno.test(`wantsColor() terminal=${isTerminal} NO_COLOR=${noColor} FORCE_COLOR=${forced}`, () => {
    strictEqual(wantsColor({ isTerminal, noColor, forced }), expected);
  });
}

const URL_OF = import.meta.resolve("./stderr.ts");
const WRITES = `
  const { openStderrLog } = await import("${URL_OF}");
  const log = openStderrLog({ level: "info", format: Deno.args[0] });
  for (let index = 0; index < 3; index++) log.info("line " + index);
  await log.flush();
`;

Deno.test("openStderrLog() writes to standard error, uncoloured when piped", async () => {
  const { stdout, stderr, success } = await run("text", {});
  ok(success);
  strictEqual(stdout, "");
  match(stderr, /^(\d\d:\d\d:\d\d rusm {11}info {3}line [012]\n){3}$/);
});

Deno.test("openStderrLog() colours when it is forced to", async () => {
  const { stderr } = await run("text", { FORCE_COLOR: "1" });
  strictEqual(stderr.split("\x1b[36minfo").length, 4);
});

Deno.test("openStderrLog() never colours JSON", async () => {
  const { stderr } = await run("json", { FORCE_COLOR: "1" });
  const texts = stderr.trimEnd().split("\n").map((line) =>
    JSON.parse(line).text
  );
  deepStrictEqual(texts, ["line 0", "line 1", "line 2"]);
});

async function run(format: string, env: Record<string, string>) {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", WRITES, format],
    env: { FORCE_COLOR: "", NO_COLOR: "", ...env },
  }).output();
  const decoder = new TextDecoder();
  return {
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
    success: output.success,
  };
}
