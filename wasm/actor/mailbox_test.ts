import { deepStrictEqual, match, strictEqual } from "node:assert";
import { formatReason } from "@rusm/otp";
import {
  built,
  SANDBOXED,
  type Teller,
  TRUSTED,
  withProbes,
} from "./testdata/probe.ts";

async function load(teller: Teller, capability = SANDBOXED) {
  return await teller.engine.loadModule("probe", built("probe"), capability);
}

const CLAIMS = { tenant: "acme" };

Deno.test("receive-timeout() looks when it may not wait, and gives up when nothing came", () =>
  withProbes(async (teller) => {
    const probe = teller.spawn(await load(teller));
    strictEqual(await probe.do("receive-timeout", 0), "none");
    strictEqual(await probe.do("receive-timeout", 5), "none");
    probe.tell(["receive-timeout", `${2n ** 64n - 1n}`]);
    teller.runtime.send(probe.pid, "at last");
    strictEqual(await teller.next(), "at last");
  }));

Deno.test("unstash() puts what was set aside in front, in order, with its claims", () =>
  withProbes(async (teller) => {
    const probe = teller.spawn(await load(teller));
    const echo = (text: string) => `${teller.pid.toBigInt()}\necho\n${text}`;
    // Answers go with the claims of what they answer.
    probe.tell(["stash", echo("first")], { metadata: CLAIMS });
    deepStrictEqual(await teller.heard(), { text: "ok", metadata: CLAIMS });
    strictEqual(await probe.do("stash", echo("second")), "ok");
    strictEqual(await probe.do("receive-timeout", 0), "none");
    probe.tell(["unstash"]);
    probe.tell(["echo", "third"]);
    deepStrictEqual(
      [await teller.heard(), await teller.heard()],
      [{ text: "ok", metadata: undefined }, {
        text: "first",
        metadata: CLAIMS,
      }],
    );
    deepStrictEqual(await teller.heard(), {
      text: "second",
      metadata: undefined,
    });
    strictEqual(await teller.next(), "third");
  }));

Deno.test("send() carries the claims of the message received last, and none after one without", () =>
  withProbes(async (teller) => {
    const component = await load(teller);
    const [one, other] = [teller.spawn(component), teller.spawn(component)];
    const self = `${teller.pid.toBigInt()}`;
    // By way of a guest of another scheduler.
    const through = ["send", other.number, `${self}\necho\nhello`];
    one.tell(through, { metadata: CLAIMS });
    const heard = [await teller.heard(), await teller.heard()];
    deepStrictEqual(
      heard.toSorted((a, b) => a.text < b.text ? -1 : 1),
      [{ text: "hello", metadata: CLAIMS }, { text: "ok", metadata: CLAIMS }],
    );
    one.tell(through);
    deepStrictEqual(
      [(await teller.heard()).metadata, (await teller.heard()).metadata],
      [undefined, undefined],
    );
    // A wait in vain changes nothing, a message without does.
    one.tell(["receive-timeout", 1], { metadata: CLAIMS });
    deepStrictEqual(await teller.heard(), { text: "none", metadata: CLAIMS });
    one.tell(["receive"], { metadata: CLAIMS });
    teller.runtime.send(one.pid, "plain");
    deepStrictEqual(await teller.heard(), {
      text: "plain",
      metadata: undefined,
    });
  }));

Deno.test("send-after() counts its handles from 0, and carries the claims of when it was called", () =>
  withProbes(async (teller) => {
    const component = await load(teller);
    const [probe, other] = [teller.spawn(component), teller.spawn(component)];
    const self = `${teller.pid.toBigInt()}`;
    strictEqual(await probe.do("send-after", self, 60_000, "never"), "0");
    strictEqual(await probe.do("cancel-timer", 0), "true");
    strictEqual(await probe.do("cancel-timer", 0), "false");
    strictEqual(await probe.do("cancel-timer", 99), "false");
    probe.tell(["send-after", self, 0, "later"], { metadata: CLAIMS });
    const heard = [await teller.heard(), await teller.heard()];
    deepStrictEqual(
      heard.toSorted((a, b) => a.text < b.text ? -1 : 1),
      [{ text: "1", metadata: CLAIMS }, { text: "later", metadata: CLAIMS }],
    );
    strictEqual(await probe.do("cancel-timer", 1), "false");
    strictEqual(await other.do("send-after", self, 60_000, "never"), "0");
    strictEqual(
      await other.do("send-after", self, `${2n ** 64n - 1n}`, "never"),
      "1",
    );
  }));

Deno.test("send-after() ends a guest that has too much to send later, not one whose messages were sent", () =>
  withProbes(async (teller, { ends }) => {
    const probe = teller.spawn(await load(teller));
    const nobody = `${2n ** 40n}`;
    for (let nth = 0; nth < 1_100; nth++) {
      strictEqual(await probe.do("send-after", nobody, 0, "x"), `${nth}`);
    }
    for (let nth = 0; nth < 999; nth++) {
      await probe.do("send-after", nobody, 60_000, "x");
    }
    probe.tell(["send-after", nobody, 60_000, "x"]);
    probe.tell(["send-after", nobody, 60_000, "x"]);
    match(
      formatReason(await ends.of(probe.pid)),
      /^crashed: RangeError: Cannot send more messages later: 1000 of/,
    );
  }));

Deno.test("stash() ends a guest that sets aside more than may wait", () =>
  withProbes(async (teller, { ends }) => {
    const probe = teller.spawn(await load(teller, TRUSTED));
    const message = "x".repeat(40 * 1024 * 1024);
    strictEqual(await probe.do("stash", message), "ok");
    strictEqual(await probe.do("stash", message), "ok");
    strictEqual(await probe.do("stash", message), "ok");
    probe.tell(["stash", message]);
    match(
      formatReason(await ends.of(probe.pid)),
      /^crashed: RangeError: Cannot stash more than may wait/,
    );
  }));
