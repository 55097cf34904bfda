/**
 * Who takes part in a scenario on our side, by number.
 *
 * @module
 */

import type {
  Context,
  Down,
  ExitMessage,
  MonitorRef,
  Pid,
  SupervisorMessage,
} from "@rusm/otp";
import { Runtime, Sim } from "@rusm/otp";
import { fromReason } from "./differences.ts";
import type { Event, Message } from "./trace.ts";

/** What a process does when it is sent one. It leaves its body when that returns `false`. */
export type Order = (
  self: Context<unknown>,
  parent: Parent | undefined,
) => Event | false | Promise<Event | false>;

/** The supervisor of an obedient child, and what that calls it. */
export interface Parent {
  /** Names the supervisor. */
  readonly pid: Pid;
  /** Id of the child. */
  readonly id: string;
}

/** A message between processes. */
export interface Sent {
  /** The tag. */
  readonly type: "message";
  /** Who sent it. */
  readonly from: Pid;
  /** What. */
  readonly tag: number;
}

/** All that scenarios put into mailboxes, besides orders. */
export type Mail = Sent | Down | ExitMessage | typeof STEP;

/** Behind what arrived in the steps before. */
export const STEP = { type: "step" } as const;

/** A monitor. */
export interface Monitor {
  /** Names it. */
  readonly ref: MonitorRef;
  /** Who monitors. */
  readonly owner: Pid;
}

/** A supervisor. */
export interface Supervisor {
  /** Names it. */
  readonly pid: Pid<SupervisorMessage>;
  /** Whether it is a dynamic one. */
  readonly isDynamic: boolean;
  /** Whether children may be significant. */
  readonly endsItself: boolean;
  /** Whether it is a child of another. */
  readonly isNested: boolean;
  /** What the labels of its children begin with. */
  readonly key: string;
}

/** A child that was started in this step. */
interface Started {
  readonly supervisor: Pid;
  readonly pid: Pid<Order>;
  readonly key: string;
  readonly isNested: boolean;
}

// Longer than any child has to end, shorter than the timeout that never comes.
const SETTLE_MS = 1_000;

/** Who takes part, and what was observed. */
export class Cast {
  /** Where they run. */
  readonly runtime: Runtime;
  /** By number. */
  readonly processes: Pid<Order>[] = [];
  /** By number. */
  readonly monitors: Monitor[] = [];
  /** By number. */
  readonly aliases: Pid<unknown>[] = [];
  /** By index. */
  readonly supervisors: Supervisor[] = [];
  /** Supervisors and their children, by number. */
  readonly supervised: Set<number> = new Set();
  /** Processes that wait in a receive, by number. */
  readonly parked: Set<number> = new Set();

  readonly #sim = new Sim({ seed: 1 });
  readonly #numbers = new Map<string, number>();
  // What was observed, put into words when all is quiet: only then those who
  // were started meanwhile have numbers.
  #notes: (() => Event | undefined)[] = [];
  #started: Started[] = [];
  readonly #byKey = new Map<string, Pid>();

  /** Nobody, on a machine of their own. */
  constructor() {
    this.runtime = new Runtime({
      host: this.#sim.host(),
      observer: {
        spawned: (pid, label) => this.#spawned(pid as Pid<Order>, label),
        exited: (pid, reason) => {
          this.note(() => {
            const number = this.#numbers.get(String(pid));
            if (number === undefined) return undefined;
            this.parked.delete(number);
            return ["ended", number, fromReason(reason)];
          });
        },
      },
    });
  }

  // The label of a child is its supervisor's key, its id and its kind.
  #spawned(pid: Pid<Order>, label: string | undefined): void {
    if (label === undefined) return;
    const [parent, id, kind] = label.split(" ") as [string, string, string];
    const supervisor = this.supervisorPid(parent);
    const key = `${parent}.${id}`;
    this.#byKey.set(key, pid);
    this.#started.push({ supervisor, pid, key, isNested: kind === "nested" });
    this.note(
      () => ["started", this.numberOf(supervisor), id, this.numberOf(pid)],
    );
  }

  /** The youngest supervisor with a key. */
  supervisorPid(key: string): Pid {
    return this.#byKey.get(key)!;
  }

  /** Gives a supervisor the next number. */
  numberSupervisor(supervisor: Supervisor): number {
    const number = this.number(supervisor.pid);
    this.supervisors.push(supervisor);
    this.supervised.add(number);
    this.#byKey.set(supervisor.key, supervisor.pid);
    return number;
  }

  /** Notes what is to be an event of this step. */
  note(event: () => Event | undefined): void {
    this.#notes.push(event);
  }

  /** Gives a process the next number. */
  number(pid: Pid<never>): number {
    const number = this.processes.push(pid as Pid<Order>) - 1;
    this.#numbers.set(String(pid), number);
    return number;
  }

  /** The number of a process that has one. */
  numberOf(pid: Pid): number {
    return this.#numbers.get(String(pid)) ?? NaN;
  }

  /** Gives a monitor the next number. */
  numberMonitor(monitor: Monitor): number {
    return this.monitors.push(monitor) - 1;
  }

  /** Those who can be given orders, the lowest number first. */
  ready(): Pid<Order>[] {
    return this.ordinary().filter((pid) =>
      !this.parked.has(this.numberOf(pid))
    );
  }

  /** Those who live and are no supervisors, the lowest number first. */
  ordinary(): Pid<Order>[] {
    return this.processes.filter((pid) =>
      this.runtime.isAlive(pid) && !this.#isSupervisor(pid)
    );
  }

  /** The numbers of those who live, supervisors too. */
  living(): number[] {
    const { runtime, processes } = this;
    return [...processes.keys()].filter((number) =>
      runtime.isAlive(processes[number]!)
    );
  }

  #isSupervisor(pid: Pid): boolean {
    return this.supervisors.some((supervisor) => supervisor.pid.equals(pid));
  }

  /** Lets all be done that is to be done, and answers what was observed. */
  async settle(): Promise<Event[]> {
    await this.#sim.advance(SETTLE_MS);
    this.#numberChildren(this.#started);
    this.#started = [];
    const notes = this.#notes;
    this.#notes = [];
    return notes.map((note) => note()).filter((event) => event !== undefined);
  }

  // A nested supervisor comes before its children.
  #numberChildren(started: readonly Started[]): void {
    if (started.length === 0) return;
    const number = ({ supervisor }: Started) => this.numberOf(supervisor);
    const known = started.filter((child) => number(child) >= 0);
    known.sort((a, b) => number(a) - number(b));
    known.forEach((child) => this.#numberChild(child));
    this.#numberChildren(started.filter((child) => !known.includes(child)));
  }

  #numberChild({ pid, key, isNested }: Started): void {
    if (!isNested) {
      this.supervised.add(this.number(pid));
      return;
    }
    const supervisor = pid as Pid<never> as Supervisor["pid"];
    const kind = { isDynamic: false, endsItself: false, isNested };
    this.numberSupervisor({ pid: supervisor, key, ...kind });
  }

  /** What arrives from now on is of another step. */
  mark(): void {
    for (const pid of this.ordinary()) {
      this.runtime.send(pid as Pid<unknown>, STEP);
    }
  }

  /** What `mail` is in a trace. */
  words(mail: Mail): Message {
    switch (mail.type) {
      case "message":
        return ["message", this.numberOf(mail.from), mail.tag];
      case "down": {
        const monitor = this.monitors.findIndex(({ ref }) => ref === mail.ref);
        const reason = fromReason(mail.reason);
        return ["down", this.numberOf(mail.pid), monitor, reason];
      }
      case "exit":
        return ["exit", this.numberOf(mail.from!), fromReason(mail.reason)];
      case "step":
        return ["step"];
    }
  }
}

/** The item that `index` stands for; undefined when there is none. */
export function pick<T>(index: number, items: readonly T[]): T | undefined {
  return items[index % items.length];
}
