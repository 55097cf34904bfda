import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { pairOf, proxyFor, settled } from "../testdata/calls.ts";
import { type Line, Switchboard } from "../testdata/switchboard.ts";

/** Nobody answers at pid 2. */
function silent() {
  const board = new Switchboard();
  const client = board.add("1");
  const service = board.add("2");
  return { board, client, service, proxy: proxyFor(client, 2n) };
}

async function nextText(line: Line): Promise<string> {
  return line.text(await line.exchange.next());
}

Deno.test("call() sends nothing until it is awaited, and then once", async () => {
  const { client, service, proxy } = silent();
  const call = proxy.add(2, 3);
  proxy.count(3);
  await settled();
  deepStrictEqual(service.mail, []);
  const both = Promise.all([call, call, proxy.nope()]);
  await settled();
  deepStrictEqual(service.mail, [
    '{"op":"add","args":[2,3],"from":"1","ref":1}',
    '{"op":"nope","args":[],"from":"1","ref":2}',
  ]);
  client.take('{"ref":2,"ok":null}');
  client.take('{"ref":1,"ok":5}');
  deepStrictEqual(await both, [5, 5, null]);
});

Deno.test("call() rejects with the message of the service", async () => {
  const { client, proxy } = silent();
  const rejected = rejects(proxy.nope(), { message: "no such function: nope" });
  await settled();
  client.take('{"ref":1,"err":"no such function: nope"}');
  await rejected;
});

Deno.test("call() takes no request with the same ref for its reply", async () => {
  const { client, proxy } = silent();
  const answer = Promise.resolve(proxy.add(2, 3));
  await settled();
  const noise = '{"op":"echo","args":[],"from":"9","ref":1}';
  client.take(noise);
  client.take('{"ref":1}');
  client.take('{"ref":"1","ok":6}');
  client.take('{"ref":1,"ok":5}');
  strictEqual(await answer, 5);
  deepStrictEqual(client.mail, [noise, '{"ref":1}', '{"ref":"1","ok":6}']);
});

Deno.test("call() leaves other mail in its order, whatever became of it", async () => {
  for (const end of ['{"ref":1,"ok":5}', '{"ref":1,"err":"no"}', "timeout"]) {
    const { board, client, proxy } = silent();
    client.take("0");
    const answer = Promise.resolve(proxy.withTimeout(1).add(2, 3));
    await settled();
    for (const text of ["1", "2"]) client.take(text);
    await settled();
    if (end === "timeout") board.elapse();
    else client.take(end);
    await Promise.allSettled([answer]);
    client.take("3");
    deepStrictEqual(client.mail, ["0", "1", "2", "3"]);
    strictEqual(client.isWaiting, false);
  }
});

Deno.test("call() rejects with exactly timeout, and its time is for the whole call", async () => {
  const { board, client, proxy } = silent();
  const rejected = rejects(proxy.withTimeout(50).add(2, 3), {
    message: "timeout",
  });
  await settled();
  strictEqual(board.timers.size, 1);
  client.take("other mail");
  await settled();
  strictEqual(board.timers.size, 1);
  board.elapse();
  await rejected;
  const late = '{"ref":1,"ok":5}';
  client.take(late);
  deepStrictEqual(client.mail, ["other mail", late]);
});

Deno.test("call() that was answered leaves no timer and no monitor", async () => {
  const { board, client, proxy } = pairOf({
    add: (a: number, b: number) => a + b,
  });
  const patient = proxy.withTimeout(50);
  deepStrictEqual(await Promise.all([patient.add(2, 3), patient.add(4, 5)]), [
    5,
    9,
  ]);
  deepStrictEqual([board.timers.size, client.monitorCount], [0, 0]);
});

Deno.test("call() rejects at once when the service ends, and all calls of it do", async () => {
  const { board, client, proxy } = silent();
  const other = board.add("3");
  const both = Promise.allSettled([proxy.add(2, 3), proxy.sub(2, 3)]);
  const third = Promise.resolve(proxyFor(client, 3n).add(1, 1));
  await settled();
  strictEqual(client.monitorCount, 2);
  board.end("2", "crashed");
  deepStrictEqual(
    (await both).map((each) => (each as PromiseRejectedResult).reason.message),
    [
      "Cannot call add: the service ended (crashed)",
      "Cannot call sub: the service ended (crashed)",
    ],
  );
  other.send("1", '{"ref":3,"ok":2}');
  strictEqual(await third, 2);
  deepStrictEqual([client.mail, client.monitorCount], [[], 0]);
});

Deno.test("call() leaves the process what it is told by a monitor of its own", async () => {
  const { board, client, proxy } = silent();
  client.monitor("2");
  const rejected = rejects(proxy.add(2, 3), /ended \(killed\)/);
  await settled();
  board.end("2", "killed");
  await rejected;
  deepStrictEqual(client.mail, ['{"__down":"2","reason":"killed"}']);
});

Deno.test("call() rejects when there is no service, also without a monitor", async () => {
  for (const mayMonitor of [true, false]) {
    const client = new Switchboard().add("1");
    client.mayMonitor = mayMonitor;
    await rejects(proxyFor(client, 2n).add(), {
      message:
        "Cannot call add: the service ended (noproc), or its mailbox is full",
    });
    strictEqual(client.isWaiting, false);
  }
});

Deno.test("call() is told of no end without a monitor, and its time is up then", async () => {
  const { board, client, proxy } = silent();
  client.mayMonitor = false;
  const rejected = rejects(proxy.withTimeout(1).add(), { message: "timeout" });
  await settled();
  board.end("2", "crashed");
  await settled();
  board.elapse();
  await rejected;
});

Deno.test("call() rejects when an argument has no JSON, and sends nothing", async () => {
  const { board, client, service, proxy } = silent();
  await rejects(proxy.withTimeout(1).add(1n), TypeError);
  deepStrictEqual([service.mail, board.timers.size, client.monitorCount], [
    [],
    0,
    0,
  ]);
});

Deno.test("call() calls functions back while it is under way, and not afterwards", async () => {
  const seen: unknown[] = [];
  let late: ((value: string) => void) | undefined;
  const { client, proxy } = pairOf({
    work(report: (...values: unknown[]) => void, factor: number) {
      report(25 * factor, "%");
      report(50 * factor);
      late = report;
      return "done";
    },
  });
  strictEqual(
    await proxy.work((...values: unknown[]) => seen.push(values), 2),
    "done",
  );
  deepStrictEqual(seen, [[50, "%"], [100]]);
  late!("late");
  deepStrictEqual(seen.length, 2);
  deepStrictEqual(client.mail, ['{"op":"__cb","cbref":1,"args":["late"]}']);
});

for (const kind of ["throws", "rejects"]) {
  Deno.test(`call() rejects with what a callback ${kind} with`, async () => {
    const boom = new Error("boom");
    const { proxy } = pairOf({
      work: (report: () => void) => (report(), new Promise(() => {})),
    });
    const callback = kind === "throws"
      ? () => {
        throw boom;
      }
      : () => Promise.reject(boom);
    await rejects(proxy.work(callback), boom);
  });
}

Deno.test("cast() waits for no answer, and takes no function", () => {
  const { service, proxy } = silent();
  strictEqual(proxy.cast.add(2, 3), undefined);
  deepStrictEqual(service.mail, ['{"op":"add","args":[2,3],"from":"1"}']);
  throws(() => proxy.cast.add(() => {}), TypeError);
});

Deno.test("next() gives mail in order, before, while and after a call", async () => {
  const { client, proxy } = silent();
  for (const text of ["0", "1"]) client.take(text);
  strictEqual(await nextText(client), "0");
  const answer = Promise.resolve(proxy.add(2, 3));
  await settled();
  client.take("2");
  await settled();
  deepStrictEqual([await nextText(client), await nextText(client)], ["1", "2"]);
  const third = nextText(client);
  await settled();
  client.take('{"ref":1,"ok":5}');
  strictEqual(await answer, 5);
  client.take("3");
  strictEqual(await third, "3");
  strictEqual(client.isWaiting, false);
});

Deno.test("claim() takes what is of a call, and restore() gives back what is not", async () => {
  const { client, proxy } = silent();
  const answer = Promise.resolve(proxy.add(2, 3));
  await settled();
  client.take("1");
  await settled();
  client.exchange.restore();
  // As a receive that blocks does: what waits for mail meanwhile does not get it.
  client.cancel();
  deepStrictEqual(client.mail.length <= 1, true);
  const bytes = new TextEncoder().encode('{"ref":1,"ok":5}');
  strictEqual(client.exchange.claim(bytes), true);
  strictEqual(client.exchange.claim(bytes), false);
  strictEqual(await answer, 5);
});

Deno.test("call() leaves nothing behind when the host has no room for it", async () => {
  for (const full of ["monitor", "after"] as const) {
    const { board, client, service, proxy } = silent();
    client[full] = () => {
      throw new RangeError("too many");
    };
    await rejects(proxy.withTimeout(5).add(), { message: "too many" });
    deepStrictEqual([service.mail, client.monitorCount, board.timers.size], [
      ...[[], 0, 0],
    ]);
    strictEqual(client.isWaiting, false);
  }
});

Deno.test("call() rejects when the host has no room for waiting, and leaves no monitor", async () => {
  const { client, proxy } = silent();
  const full = client.listen;
  client.listen = () => {
    throw new RangeError("too many");
  };
  await rejects(proxy.add(), { message: "too many" });
  await rejects(proxy.count()[Symbol.asyncIterator]().next(), {
    message: "too many",
  });
  strictEqual(client.monitorCount, 0);
  client.listen = full;
  const answer = Promise.resolve(proxy.add());
  await settled();
  client.take('{"ref":3,"ok":5}');
  strictEqual(await answer, 5);
});

Deno.test("call() is told of an end although others of the same service were before", async () => {
  const { board, client, proxy } = silent();
  const caught: string[] = [];
  const note = ({ message }: Error) => void caught.push(message);
  const again = proxy.first().catch((error: Error) => {
    note(error);
    board.add("2");
    return proxy.third().catch(note);
  });
  const second = proxy.second().catch(note);
  await settled();
  board.end("2", "crashed");
  await second;
  await settled();
  strictEqual(client.monitorCount, 1);
  board.end("2", "killed");
  await again;
  deepStrictEqual(caught.map((each) => each.slice(12)), [
    "first: the service ended (crashed)",
    "second: the service ended (crashed)",
    "third: the service ended (killed)",
  ]);
});

Deno.test("call() drops the mail that there is no room for, and says so", async () => {
  const { client, proxy } = silent();
  const stash = client.stash.bind(client);
  let room = 1;
  client.stash = (message) => {
    if (room-- === 0) throw new RangeError("too many wait");
    stash(message);
  };
  const answer = Promise.resolve(proxy.add(2, 3));
  await settled();
  for (const text of ["1", "2"]) client.take(text);
  await settled();
  client.take('{"ref":1,"ok":5}');
  strictEqual(await answer, 5);
  deepStrictEqual([client.mail, client.warnings], [["1"], [
    "Dropped a message: too many wait",
  ]]);
});
