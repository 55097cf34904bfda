/**
 * What processes of the suite do, each written twice: as a native process and
 * as a component. Both take and send the same: text in, bytes out.
 *
 * @module
 */

import { type Context, Pid, TIMEOUT } from "@rusm/otp";

type Self = Context<string | Uint8Array>;

/** One behaviour, for both kinds. */
export interface Behaviour {
  /** The body of a native process. */
  readonly native: (self: Self) => unknown;
  /** The default export of a component. */
  readonly guest: string;
}

/** Sends what it receives to the pid that it received first; "stop" ends it. */
export const FORWARD: Behaviour = {
  async native(self) {
    const to = await listener(self);
    for (let message = ""; message !== "stop";) {
      message = await text(self);
      send(self, to, message);
    }
  },
  guest: `() => {
    const to = Process.receiveText();
    for (let message = ""; message !== "stop";) {
      message = Process.receiveText();
      Process.send(to, message);
    }
  }`,
};

/** Sends 0 to 9 to the pid that it receives, and ends. */
export const COUNT: Behaviour = {
  async native(self) {
    const to = await listener(self);
    for (let count = 0; count < 10; count++) send(self, to, `${count}`);
  },
  guest: `() => {
    const to = Process.receiveText();
    for (let count = 0; count < 10; count++) Process.send(to, String(count));
  }`,
};

/** Ends at once. */
export const RETURN: Behaviour = { native() {}, guest: "() => {}" };

/** Throws. */
export const THROW: Behaviour = {
  native() {
    throw new RangeError("far");
  },
  guest: "() => { throw new RangeError('far'); }",
};

/** Sends "on" to the pid that it receives, and computes until it is ended. */
export const COMPUTE: Behaviour = {
  async native(self) {
    send(self, await listener(self), "on");
    while (!self.signal.aborted) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  },
  guest: `() => {
    Process.send(Process.receiveText(), "on");
    for (;;);
  }`,
};

/**
 * Sends itself as many messages as it receives the number of, and tells the pid
 * that it receives before that how many of them wait.
 */
export const TALLY: Behaviour = {
  async native(self) {
    const to = await listener(self);
    const sends = Number(await text(self));
    for (let nth = 0; nth < sends; nth++) send(self, self.pid, "x");
    let count = 0;
    while (await self.receive({ timeoutMs: 0 }) !== TIMEOUT) count++;
    send(self, to, `${count}`);
  },
  guest: `() => {
    const to = Process.receiveText();
    const sends = Number(Process.receiveText());
    for (let nth = 0; nth < sends; nth++) Process.send(Process.self(), "x");
    let count = 0;
    while (Process.receive(0) !== null) count++;
    Process.send(to, String(count));
  }`,
};

async function listener(self: Self): Promise<Pid<Uint8Array>> {
  return Pid.fromBigInt(BigInt(await text(self)));
}

async function text(self: Self): Promise<string> {
  const message = await self.receive();
  return typeof message === "string"
    ? message
    : new TextDecoder().decode(message);
}

function send({ runtime }: Self, to: Pid<Uint8Array>, message: string): void {
  runtime.send(to, new TextEncoder().encode(message));
}
