/**
 * What processes are told to do, on our side.
 *
 * @module
 */

import { type Context, type ExitMessage, type Pid, TIMEOUT } from "@rusm/otp";
import { body, isFrom, obey } from "./body.ts";
import {
  type Cast,
  type Mail,
  type Monitor,
  type Order,
  pick,
} from "./cast.ts";
import { toReason } from "./differences.ts";
import type { Deed, Pattern } from "./scenario.ts";
import type { Message, Word } from "./trace.ts";

type DeedOf<Type> = Deed & { readonly type: Type };

const WAITS_MS = { look: 0, short: 1, long: 1_000_000_000 };

/** The order that is `deed`. */
export function orderOf(cast: Cast, deed: Deed): Order {
  if (deed.type === "end") return endOf(cast, deed);
  if (deed.type === "receive") return receiveOf(cast, deed);
  if (deed.type === "flush") return flushOf(cast);
  return (self) => ["result", ...words(cast, deed, self)];
}

type Plain = Exclude<Deed, { readonly type: "end" | "receive" | "flush" }>;

/** Does `deed`, and answers with its result. */
function words(cast: Cast, deed: Plain, self: Context<unknown>): Word[] {
  switch (deed.type) {
    case "spawn":
      return spawn(cast, deed.how, self);
    case "link":
      self.link(process(cast, deed.to));
      return ["done"];
    case "unlink":
      self.unlink(process(cast, deed.to));
      return ["done"];
    case "monitor":
      return [monitor(cast, self, process(cast, deed.to))];
    case "demonitor":
      return [demonitor(cast, deed, self)];
    case "trap":
      return [self.trapExits(deed.on)];
    case "exit":
      cast.runtime.exit(
        process(cast, deed.to),
        toReason(deed.reason),
        self.pid,
      );
      return ["done"];
    case "send":
      return [send(cast, self, process(cast, deed.to), deed.tag)];
    case "sendName":
      return [send(cast, self, cast.runtime.whereis(deed.name), deed.tag)];
    case "sendAlias":
      return [send(cast, self, pick(deed.alias, cast.aliases), deed.tag)];
    case "alias":
      return [cast.aliases.push(self.alias({ once: deed.once })) - 1];
    case "unalias":
      return [unalias(cast, deed, self)];
  }
}

function process(cast: Cast, index: number): Pid<unknown> {
  return pick(index, cast.processes) as Pid<unknown>;
}

function spawn(
  cast: Cast,
  how: DeedOf<"spawn">["how"],
  self: Context<unknown>,
): Word[] {
  switch (how) {
    case "plain":
      return [cast.number(cast.runtime.spawn(body(cast)).pid)];
    case "link":
      return [cast.number(self.spawnLink(body(cast)).pid)];
    case "monitor": {
      const { pid, ref } = self.spawnMonitor(body(cast));
      const monitor = { ref, owner: self.pid };
      return [cast.number(pid), cast.numberMonitor(monitor)];
    }
  }
}

function monitor(
  cast: Cast,
  self: Context<unknown>,
  target: Pid,
): number {
  const ref = self.monitor(target);
  return cast.numberMonitor({ ref, owner: self.pid });
}

function ownMonitor(
  cast: Cast,
  index: number,
  self: Context<unknown>,
): Monitor | undefined {
  return pick(index, cast.monitors.filter(({ owner }) => owner === self.pid));
}

function demonitor(
  cast: Cast,
  deed: DeedOf<"demonitor">,
  self: Context<unknown>,
): Word {
  const monitor = ownMonitor(cast, deed.monitor, self);
  if (monitor === undefined) return "none";
  return self.demonitor(monitor.ref, { flush: deed.flush });
}

function send(
  { runtime }: Cast,
  { pid: from }: Context<unknown>,
  to: Pid<unknown> | undefined,
  tag: number,
): Word {
  if (to === undefined) return "none";
  runtime.send(to, { type: "message", from, tag });
  return "done";
}

function unalias(
  cast: Cast,
  deed: DeedOf<"unalias">,
  self: Context<unknown>,
): Word {
  const alias = pick(deed.alias, cast.aliases);
  return alias === undefined ? "none" : self.unalias(alias);
}

function endOf(cast: Cast, { how, reason, sends }: DeedOf<"end">): Order {
  const receivers = sends.map(({ to }) => process(cast, to));
  return (self) => {
    sends.forEach(({ tag }, index) => {
      send(cast, self, receivers[index], tag);
    });
    if (how === "crash") throw new Error("oops");
    if (how === "exit") self.exit(toReason(reason));
    return false;
  };
}

function receiveOf(
  cast: Cast,
  { pattern, wait }: DeedOf<"receive">,
): Order {
  return async (self, parent) => {
    const matches = matcher(cast, pattern, self);
    const mail = await self.receive<Mail>({
      match: (mail) => isFrom(parent, mail as Mail) || matches(mail as Mail),
      timeoutMs: WAITS_MS[wait],
    });
    const number = cast.numberOf(self.pid);
    if (mail === TIMEOUT) return ["received", number, "timeout"];
    if (isFrom(parent, mail)) obey(self, cast, mail as ExitMessage, parent!);
    return ["received", number, cast.words(mail)];
  };
}

function matcher(
  cast: Cast,
  pattern: Pattern,
  self: Context<unknown>,
): (mail: Mail) => boolean {
  switch (pattern.type) {
    case "anyTag":
      return (mail) => mail.type === "message";
    case "tag":
      return (mail) => mail.type === "message" && mail.tag === pattern.tag;
    case "down": {
      const ref = ownMonitor(cast, pattern.monitor, self)?.ref;
      return (mail) => mail.type === "down" && mail.ref === ref;
    }
    case "exit": {
      const from = process(cast, pattern.from);
      return (mail) => mail.type === "exit" && mail.from?.equals(from) === true;
    }
  }
}

function flushOf(cast: Cast): Order {
  return async (self) => {
    const messages: Message[] = [];
    for (;;) {
      const mail = await self.receive<Mail>({ timeoutMs: 0 });
      if (mail === TIMEOUT) break;
      messages.push(cast.words(mail));
    }
    return ["flushed", cast.numberOf(self.pid), messages];
  };
}
