import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { Pid, Runtime } from "@rusm/otp";
import { STREAMS_MAX } from "./limits.ts";
import { GuestStreams, type ReadEnd } from "./streams.ts";

const ONE = new Pid(0, 2, 1);
const OTHER = new Pid(0, 2, 2);

function streams(): GuestStreams {
  const runtime = new Runtime();
  return new GuestStreams({ runtime, pid: new Pid(0, 1, 1) });
}

/** A stream that holds one byte. */
function holding(byte: number): ReadEnd {
  return { ready() {}, read: () => Uint8Array.of(byte), cancel() {} };
}

async function byteIn(own: GuestStreams, id: number): Promise<number> {
  return (await own.read(id, 1))![0]!;
}

Deno.test("GuestStreams.accept() takes the oldest, or the oldest of one process", async () => {
  const own = streams();
  for (const [byte, from] of [[1, ONE], [2, OTHER], [3, OTHER]] as const) {
    ok(own.offer(holding(byte), from));
  }
  const ids = [own.accept(OTHER), own.accept(), own.accept(OTHER)];
  const bytes = ids.map(async (id) => byteIn(own, await id));
  deepStrictEqual(await Promise.all(bytes), [2, 1, 3]);
});

Deno.test("GuestStreams.accept() waits, and who wants one of a process has it before who takes any", async () => {
  const own = streams();
  const seen: string[] = [];
  const note = async (who: string, id: number | Promise<number>) =>
    seen.push(`${who} ${await byteIn(own, await id)}`);
  const all = [
    note("any", own.accept()),
    note("other", own.accept(OTHER)),
    note("other again", own.accept(OTHER)),
  ];
  for (const [byte, from] of [[1, OTHER], [2, ONE], [3, OTHER]] as const) {
    own.offer(holding(byte), from);
  }
  await Promise.all(all);
  deepStrictEqual(seen.toSorted(), ["any 2", "other 1", "other again 3"]);
});

Deno.test("GuestStreams.accept() that is given up takes no stream", async () => {
  const own = streams();
  const leaving = new AbortController();
  own.accept(ONE, leaving.signal);
  leaving.abort();
  own.offer(holding(1), ONE);
  strictEqual(await byteIn(own, await own.accept()), 1);
});

Deno.test("GuestStreams.giveBack() offers a stream again, to who waits too", async () => {
  const own = streams();
  own.offer(holding(1), ONE);
  const id = await own.accept();
  const again = own.accept(ONE);
  own.giveBack(id);
  own.giveBack(id);
  strictEqual(await byteIn(own, await again), 1);
});

Deno.test("GuestStreams.giveBack() makes no room for more", () => {
  const own = streams();
  for (let nth = 0; nth < STREAMS_MAX; nth++) ok(own.offer(holding(1), ONE));
  own.giveBack(own.accept() as number);
  strictEqual(own.offer(holding(1), ONE), false);
});
