/** Calls between guests in TypeScript and C, on one scheduler and across two. */

import { deepStrictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "@rusm/wasm";
import { type CallNode, clientOf, withCalls } from "./testdata/calls.ts";

const SERVICE = `
exports.add = (a, b) => a + b;
exports.count = function* (to) { for (let each = 1; each <= to; each++) yield each; };
exports.work = async (report) => { report(25); await null; report(50); return "done"; };
exports.silent = () => new Promise((resolve) => setTimeout(resolve, 1e6));
exports.crash = () => Process.exit("on purpose");
exports.big = function* () { yield "é".repeat(100_000); };
let ended = 0;
exports.forever = async function* () {
  try { for (;;) { yield 1; await null; } } finally { ended++; }
};
exports.ended = () => ended;
exports.breaks = function* () { yield 1; throw new Error("broken"); };
exports.leaves = function* () { yield 1; Process.exit("in the middle"); };
`;

const CRASHED = '"Error: Cannot call crash: the service ended (crashed)"';

/** What the client evaluates, and what it logs: the same of services in any language. */
// deno-fmt-ignore
const COMMON: readonly (readonly [string, string])[] = [
  ["service.add(2, 3)", "5"],
  ["Promise.all([service.add(1, 1), service.add(2, 2), service.add(3, 3)])", "[2,4,6]"],
  ["all(service.count(20))", JSON.stringify(Array.from({ length: 20 }, (_, at) => at + 1))],
  ["all(service.count(0))", "[]"],
  ["Promise.all([all(service.count(3)), service.add(1, 1), all(service.count(2))])", "[[1,2,3],2,[1,2]]"],
  ["(async (seen) => [await service.work((value) => seen.push(value)), seen])([])", '["done",[25,50]]'],
  ["service.nope()", "Error: no such function: nope"],
  ["service.cast.add(1, 2)", "undefined"],
  ["callTimeout(pid, 'add', 60_000, 2, 3)", "5"],
  ["service.withTimeout(60_000).add(2, 3)", "5"],
  // Mail that is of no call comes afterwards, in its order.
  ["[Process.send(Process.self(), 'a'), Process.send(Process.self(), 'b'), await service.add(1, 1), Process.receiveText(0), Process.receiveText(0)]", '[true,true,2,"a","b"]'],
  // What blocks the process does not take what calls wait for.
  ["[(globalThis.call = Promise.resolve(service.add(4, 4)), await null), Process.receive(200), await call]", "[null,null,8]"],
  ["Process.receive(0)", "null"],
];

/** The same, of a service in TypeScript. */
// deno-fmt-ignore
const OWN: readonly (readonly [string, string])[] = [
  ["all(service.nope())", "Error: no such function: nope"],
  ["all(service.add(1, 1))", "Error: Cannot iterate over what is one value: add"],
  ["service.count(1)", "Error: Cannot await what is to be iterated over: count"],
  ["(async (seen) => { try { for await (const each of service.breaks()) seen.push(each); } catch (error) { seen.push(error.message); } return seen; })([])", '[1,"broken"]'],
  ["all(service.count(3))", "[1,2,3]"],
  ["(await all(service.big()))[0] === 'é'.repeat(100_000)", "true"],
  ["(async () => { for await (const each of service.forever()) return each; })()", "1"],
  ["service.ended()", "1"],
  ["(async (seen) => { try { for await (const each of service.leaves()) seen.push(each); } catch (error) { seen.push(error.message); } return seen; })([])", '[1,"Cannot call leaves: the service ended (crashed)"]'],
];

const CRASH: readonly (readonly [string, string])[] = [
  ["service.crash()", JSON.parse(CRASHED)],
  [
    "service.withTimeout(60_000).add(1, 1).catch(({ message }) => message.slice(0, 46))",
    '"Cannot call add: the service ended (noproc)"',
  ],
];

async function check(
  node: CallNode,
  rows: readonly (readonly [string, string])[],
  service: Parameters<CallNode["ask"]>[1],
  isAway: boolean,
): Promise<void> {
  const bundle = clientOf(...rows.map(([expression]) => expression));
  const client = await node.script("client", bundle);
  const lines = await node.ask(client, service, isAway);
  deepStrictEqual(
    rows.map(([expression], at) => [expression, lines[at]]),
    rows,
  );
}

for (const isAway of [false, true]) {
  const where = isAway ? "across schedulers" : "on one scheduler";

  Deno.test(`a client in TypeScript calls a service in TypeScript ${where}`, () =>
    withCalls(async (node) => {
      const component = await node.script("service", SERVICE);
      const service = node.engine.spawn(component, "run");
      await check(node, [...COMMON, ...OWN], service, isAway);
      const other = node.engine.spawn(component, "run");
      await check(node, CRASH.slice(0, 1), other, isAway);
    }));

  Deno.test(`a client in TypeScript calls a service in C ${where}`, () =>
    withCalls(async (node) => {
      const component = await node.guest("speaker");
      const service = node.engine.spawn(component, "run");
      const refused = ["all(service.nope())", "Error: no such function: nope"];
      const again = ["all(service.count(2))", "[1,2]"];
      const own = [refused, again] as unknown as typeof COMMON;
      await check(
        node,
        [...COMMON, ...own, ...CRASH.slice(0, 1)],
        service,
        isAway,
      );
    }));

  Deno.test(`a service in C calls one in TypeScript ${where}`, () =>
    withCalls(async (node) => {
      const component = await node.script("service", SERVICE);
      const service = node.engine.spawn(component, "run");
      const speaker = node.spawnAt(
        await node.guest("speaker"),
        service,
        isAway,
      );
      const relay = (a: number, b: number) =>
        `service.relay("${service.toBigInt()}", ${a}, ${b})`;
      await check(
        node,
        [
          [relay(2, 3), "5"],
          [
            `Promise.all([${relay(1, 1)}, service.add(4, 4), ${relay(2, 2)}])`,
            "[2,8,4]",
          ],
        ],
        speaker,
        isAway,
      );
    }));

  Deno.test(`calls of a service that does not answer end in time ${where}`, () =>
    withCalls(async (node) => {
      for (const name of ["script", "speaker"]) {
        const component = name === "script"
          ? await node.script("service", SERVICE)
          : await node.guest("speaker");
        const service = node.engine.spawn(component, "run");
        await check(
          node,
          [
            ["service.withTimeout(20).silent()", "Error: timeout"],
            ["callTimeout(pid, 'silent', 20)", "Error: timeout"],
            ["all(service.withTimeout(20).silent())", "Error: timeout"],
            [
              "callTimeout(pid, 'silent', -1)",
              "RangeError: Cannot wait for a negative time: -1",
            ],
          ],
          service,
          isAway,
        );
      }
    }));

  Deno.test(`calls are told apart from the noise of a service that calls back ${where}`, () =>
    withCalls(async (node) => {
      // It answers each request only when it has sent others with the same ref.
      const component = await node.script(
        "noisy",
        `exports.default = () => {
        for (;;) {
          const { op, args, from, ref } = JSON.parse(Process.receiveText());
          const own = \`\${Process.self()}\`;
          for (const noise of ["echo", "add", "ok"]) {
            Process.send(from, JSON.stringify({ op: noise, args: ["noise"], from: own, ref }));
            Process.send(from, JSON.stringify({ ref: ref + 1000, ok: "noise" }));
            Process.send(from, JSON.stringify({ ref: \`\${ref}\`, ok: "noise" }));
          }
          Process.send(from, JSON.stringify({ ref, ok: op + args.join() }));
        }
      };`,
      );
      const service = node.engine.spawn(component, "run");
      await check(
        node,
        [
          ["service.echo(1)", '"echo1"'],
          ["Promise.all([service.a(2), service.b(3)])", '["a2","b3"]'],
          [
            "(() => { let count = 0; while (Process.receive(0) !== null) count++; return count; })()",
            "27",
          ],
        ],
        service,
        isAway,
      );
    }));
}

Deno.test("a service is done with the stream of a client that ends in the middle of it", () =>
  withCalls(async (node) => {
    const component = await node.script("service", SERVICE);
    const service = node.engine.spawn(component, "run");
    const leaver = await node.script(
      "leaver",
      `exports.default = async () => {
      const service = connect(BigInt(Process.args()[0]));
      for await (const each of service.forever()) Process.exit();
    };`,
    );
    for (const [at, isAway] of [false, true].entries()) {
      await node.ask(leaver, service, isAway);
      await check(node, [["service.ended()", `${at + 1}`]], service, isAway);
    }
  }));

Deno.test("calls without spawn and process-control are told of no end, but of their time", () =>
  withCalls(async (node) => {
    const component = await node.script("service", SERVICE);
    const service = node.engine.spawn(component, "run");
    const client = await node.script(
      "poor",
      clientOf(
        "service.add(2, 3)",
        "connect('nobody')",
        "spawn('service')",
        "service.withTimeout(300).crash()",
      ),
      BUILT_IN_PROFILES.get("sandboxed")!,
    );
    deepStrictEqual(await node.ask(client, service, true), [
      "5",
      "Error: connect: no process registered as nobody",
      "Error: spawn denied: missing the spawn capability",
      "Error: timeout",
    ]);
  }));

Deno.test("spawn() starts a service of its own, which stop() ends", () =>
  withCalls(async (node) => {
    const component = await node.script("service", SERVICE);
    const service = node.engine.spawn(component, "run");
    await check(
      node,
      [
        ["(globalThis.own = spawn('service')).add(2, 3)", "5"],
        ["own.pid === pid", "false"],
        [
          "[typeof own.pid, await own.cast.add(1, 1), own.then]",
          '["bigint",null,null]',
        ],
        ["[service.stop(), own.stop(), own.stop()]", "[false,true,false]"],
        [
          "own.add(2, 3).catch((error) => error.message.slice(0, 43))",
          '"Cannot call add: the service ended (noproc)"',
        ],
        ["service.add(2, 3)", "5"],
        ["spawn('nobody')", "Error: unknown component `nobody`"],
      ],
      service,
      true,
    );
  }));
