import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { type Context, type Pid, Runtime } from "@rusm/otp";
import type { GuestMessage } from "../message.ts";
import { Mail } from "./mail.ts";

/** A mailbox, and who hears of it. */
interface Scene {
  readonly mail: Mail;
  readonly self: Context<GuestMessage>;
  readonly told: number[];
  /** Sends a message to it, with `of` as its metadata if there is one. */
  send(text: string, of?: string): void;
}

async function inProcess(run: (scene: Scene) => Promise<void>): Promise<void> {
  const runtime = new Runtime();
  const process = runtime.spawn<GuestMessage>(async (self) => {
    const told: number[] = [];
    const mail = new Mail(self, { mailCame: (id) => void told.push(id) });
    const to: Pid<GuestMessage> = self.pid;
    await run({
      ...{ mail, self, told },
      send: (text, of) =>
        void runtime.send(
          to,
          text,
          of === undefined ? {} : {
            metadata: { of },
          },
        ),
    });
  });
  strictEqual(await process.join(), "normal");
}

async function text(
  bytes: Uint8Array | undefined | Promise<Uint8Array | undefined>,
): Promise<string | undefined> {
  const taken = await bytes;
  return taken && new TextDecoder().decode(taken);
}

Deno.test("Mail tells once of what is there, and of what comes, and takes it when it is asked", () =>
  inProcess(async ({ mail, told, send, self }) => {
    send("a");
    mail.wait(1);
    send("b");
    deepStrictEqual(told, [1]);
    strictEqual(self.runtime.mailboxDepth(self.pid), 2);
    strictEqual(await text(mail.take(1)), "a");
    mail.wait(2);
    strictEqual(await text(mail.take(2)), "b");
    mail.wait(3);
    deepStrictEqual(told, [1, 2]);
    send("c");
    send("d");
    deepStrictEqual(told, [1, 2, 3]);
    strictEqual(await text(mail.take(3)), "c");
  }));

Deno.test("Mail lets one job wait", () =>
  inProcess(async ({ mail, told, send }) => {
    mail.wait(1);
    throws(() => mail.wait(2), {
      name: "TypeError",
      message: "Cannot wait for the next message: another job waits for it",
    });
    mail.giveUp(2);
    send("a");
    deepStrictEqual(told, [1]);
    strictEqual(await text(mail.take(1)), "a");
  }));

Deno.test("Mail that is given up loses no message", () =>
  inProcess(async ({ mail, told, send }) => {
    mail.wait(1);
    send("a");
    mail.giveUp(1);
    strictEqual(await mail.take(1), undefined);
    mail.wait(2);
    mail.giveUp(2);
    send("b");
    strictEqual(await text(mail.receive(undefined)), "a");
    strictEqual(await text(mail.receive(undefined)), "b");
    deepStrictEqual(told, [1, 2]);
  }));

Deno.test("Mail gives to who blocks before a job, which waits on", () =>
  inProcess(async ({ mail, told, send }) => {
    mail.wait(1);
    const blocked = mail.receive(undefined);
    send("a");
    send("b");
    strictEqual(await text(blocked), "a");
    deepStrictEqual(told, [1]);
    strictEqual(await text(mail.receive(0)), "b");
    strictEqual(await mail.take(1), undefined);
    strictEqual(await mail.receive(1), undefined);
    send("c");
    deepStrictEqual(told, [1, 1]);
    strictEqual(await text(mail.take(1)), "c");
  }));

Deno.test("Mail that a job waits for leaves the metadata as it is until the job takes it", () =>
  inProcess(async ({ mail, self, send }) => {
    send("request", "request");
    strictEqual(await text(mail.receive(undefined)), "request");
    mail.wait(1);
    send("other", "other");
    deepStrictEqual(self.metadata, { of: "request" });
    const other = (await mail.take(1))!;
    deepStrictEqual(self.metadata, { of: "other" });
    self.stash(other);
    mail.putBack();
    deepStrictEqual(self.metadata, { of: "request" });
    // A second message that is put aside was never taken.
    mail.putBack();
    deepStrictEqual(self.metadata, { of: "request" });
    mail.wait(2);
    mail.unstash();
    strictEqual(await text(mail.take(2)), "other");
    deepStrictEqual(self.metadata, { of: "other" });
  }));

Deno.test("Mail puts nothing back behind a receive", () =>
  inProcess(async ({ mail, self, send }) => {
    mail.wait(1);
    send("a", "a");
    await mail.take(1);
    send("b", "b");
    await mail.receive(undefined);
    mail.putBack();
    deepStrictEqual(self.metadata, { of: "b" });
  }));
