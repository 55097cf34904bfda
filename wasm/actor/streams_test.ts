import { deepStrictEqual, ok, strictEqual } from "node:assert";
import {
  built,
  type Probe,
  SANDBOXED,
  type Teller,
  withProbes,
} from "./testdata/probe.ts";

/** Two probes, on one scheduler or on two. */
async function pair(
  teller: Teller,
  isAway: boolean,
): Promise<readonly [writer: Probe, reader: Probe]> {
  const component = await teller.engine.loadModule(
    "probe",
    built("probe"),
    SANDBOXED,
  );
  const probes = [1, 2, 3, 4].map(() => teller.spawn(component));
  const [writer] = probes;
  const reader = probes.slice(1).find(({ pid }) =>
    (pid.scheduler !== writer!.pid.scheduler) === isAway
  );
  return [writer!, reader!];
}

/** What comes next of several probes, sorted: it comes in no order. */
async function nextOf(teller: Teller, count: number): Promise<string[]> {
  const all: string[] = [];
  while (all.length < count) all.push(await teller.next());
  return all.toSorted();
}

for (const isAway of [false, true]) {
  const where = isAway ? "of two schedulers" : "of one scheduler";

  Deno.test(`streams carry bytes between guests ${where}, in order, up to the end`, () =>
    withProbes(async (teller) => {
      const [writer, reader] = await pair(teller, isAway);
      const id = await writer.do("stream-open", reader.number);
      ok(/^\d+$/.test(id), id);
      strictEqual(await reader.do("stream-accept"), "0");
      strictEqual(await writer.do("stream-write", id, "one"), "true");
      strictEqual(await reader.do("stream-read", 0), "one");
      // What comes meanwhile stays in the mailbox.
      reader.tell(["stream-read", 0]);
      reader.tell(["echo", "mail"]);
      writer.tell(["stream-write", id, "two"]);
      deepStrictEqual(await nextOf(teller, 3), ["mail", "true", "two"]);
      strictEqual(await writer.do("stream-close", id), "ok");
      strictEqual(await writer.do("stream-write", id, "late"), "false");
      strictEqual(await reader.do("stream-read", 0), "none");
      strictEqual(await reader.do("stream-read", 0), "none");
      strictEqual(await reader.do("stream-read", 99), "none");
      strictEqual(await reader.do("stream-write", 0, "x"), "false");
    }));

  Deno.test(`streams wait for a reader that is behind, and lose nothing, between guests ${where}`, () =>
    withProbes(async (teller) => {
      const [writer, reader] = await pair(teller, isAway);
      const id = await writer.do("stream-open", reader.number);
      strictEqual(await reader.do("stream-accept"), "0");
      for (let nth = 0; nth < 16; nth++) {
        strictEqual(await writer.do("stream-write", id, `${nth}`), "true");
      }
      writer.tell(["stream-write", id, "16"]);
      writer.tell(["stream-close", id]);
      // It waits, so it answers the rest by and by.
      teller.runtime.sendAfter(
        teller.pid,
        50,
        new TextEncoder().encode("wait"),
      );
      strictEqual(await teller.next(), "wait");
      reader.tell(["stream-read", 0]);
      deepStrictEqual(await nextOf(teller, 3), ["0", "ok", "true"]);
      for (let nth = 1; nth < 17; nth++) {
        strictEqual(await reader.do("stream-read", 0), `${nth}`);
      }
      strictEqual(await reader.do("stream-read", 0), "none");
    }));

  Deno.test(`streams carry large chunks between guests ${where}`, () =>
    withProbes(async (teller) => {
      const [writer, reader] = await pair(teller, isAway);
      const id = await writer.do("stream-open", reader.number);
      strictEqual(await reader.do("stream-accept"), "0");
      const large = "0123456789abcdef".repeat(200_000);
      writer.tell(["stream-write", id, large]);
      let read = "";
      let isWritten = false;
      reader.tell(["stream-read", 0]);
      while (!isWritten || read.length < large.length) {
        const text = await teller.next();
        if (text === "true") isWritten = true;
        else {
          read += text;
          if (read.length < large.length) reader.tell(["stream-read", 0]);
        }
      }
      strictEqual(read, large);
    }));

  Deno.test(`streams end with the guest that writes, and with the one that reads, ${where}`, () =>
    withProbes(async (teller, { ends }) => {
      const [writer, reader] = await pair(teller, isAway);
      const id = await writer.do("stream-open", reader.number);
      strictEqual(await reader.do("stream-accept"), "0");
      strictEqual(await writer.do("stream-write", id, "last"), "true");
      teller.runtime.kill(writer.pid);
      strictEqual(await ends.of(writer.pid), "killed");
      strictEqual(await reader.do("stream-read", 0), "last");
      strictEqual(await reader.do("stream-read", 0), "none");
      const [other] = await pair(teller, isAway);
      const dead = await other!.do("stream-open", writer.number);
      strictEqual(dead, "none");
    }));

  Deno.test(`stream-write() gives false when the reader has ended, also while it waits, ${where}`, () =>
    withProbes(async (teller, { ends }) => {
      const [writer, reader] = await pair(teller, isAway);
      const id = await writer.do("stream-open", reader.number);
      for (let nth = 0; nth < 16; nth++) {
        strictEqual(await writer.do("stream-write", id, "x"), "true");
      }
      writer.tell(["stream-write", id, "x"]);
      teller.runtime.kill(reader.pid);
      strictEqual(await ends.of(reader.pid), "killed");
      strictEqual(await teller.next(), "false");
      strictEqual(await writer.do("stream-write", id, "x"), "false");
    }));
}

Deno.test("stream-accept() takes streams in order, and leaves messages where they are", () =>
  withProbes(async (teller) => {
    const [writer, reader] = await pair(teller, true);
    reader.tell(["stream-accept"]);
    reader.tell(["echo", "mail"]);
    writer.tell(["stream-open", reader.number]);
    const id = "0";
    deepStrictEqual(await nextOf(teller, 3), ["0", id, "mail"]);
    // Streams that come while it does something else are kept.
    const second = await writer.do("stream-open", reader.number);
    strictEqual(await reader.do("receive-timeout", 1), "none");
    strictEqual(await writer.do("stream-write", second, "b"), "true");
    strictEqual(await writer.do("stream-write", id, "a"), "true");
    strictEqual(await reader.do("stream-accept"), "1");
    strictEqual(await reader.do("stream-read", 1), "b");
    strictEqual(await reader.do("stream-read", 0), "a");
  }));

Deno.test("stream-open() gives none for who is no guest, or has too many", () =>
  withProbes(async (teller) => {
    const [writer, reader] = await pair(teller, true);
    const nobody = [teller.pid.toBigInt(), 2n ** 40n, 2n ** 64n - 1n];
    for (const pid of nobody) {
      strictEqual(await writer.do("stream-open", `${pid}`), "none");
    }
    for (let nth = 0; nth < 256; nth++) {
      strictEqual(await writer.do("stream-open", reader.number), `${nth}`);
    }
    strictEqual(await writer.do("stream-open", reader.number), "none");
    strictEqual(await writer.do("stream-close", 7), "ok");
    // The reader was offered as many, and gave none of them back.
    strictEqual(await writer.do("stream-open", reader.number), "none");
  }));
