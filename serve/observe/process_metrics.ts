/**
 * What is counted of processes.
 *
 * @module
 */

import type { ExitReason, RestartInfo } from "@rusm/otp";
import type { Family, Sample } from "./family.ts";

/** What became of the processes of a component. */
interface Lives {
  started: number;
  ended: number;
  restarts: number;
  /** By {@linkcode wordOf}. */
  readonly exits: Map<string, number>;
}

/**
 * Counts processes by the names of their components, of which there are as many
 * as the manifest has.
 */
export class ProcessMetrics {
  readonly #lives = new Map<string, Lives>();
  #givenUp = 0;
  #guestRestarts = 0;
  #refusedMessages = 0;
  #schedulersLost = 0;

  /** Notes that a process of `component` began. */
  spawned(component: string): void {
    this.#livesOf(component).started++;
  }

  /** Notes that a process of `component` ended. */
  exited(component: string, reason: ExitReason): void {
    const lives = this.#livesOf(component);
    const word = wordOf(reason);
    lives.ended++;
    lives.exits.set(word, (lives.exits.get(word) ?? 0) + 1);
  }

  /** Notes what a supervisor does about the end of a child. */
  restarted({ child, isGivenUp }: RestartInfo): void {
    if (isGivenUp) this.#givenUp++;
    // Guests name the children of their supervisors as they like.
    else {
      const lives = this.#lives.get(child);
      if (lives === undefined) this.#guestRestarts++;
      else lives.restarts++;
    }
  }

  /** Notes that a message between schedulers was dropped. */
  messageRefused(): void {
    this.#refusedMessages++;
  }

  /** Notes that a scheduler was lost. */
  schedulerLost(): void {
    this.#schedulersLost++;
  }

  #livesOf(component: string): Lives {
    let lives = this.#lives.get(component);
    if (lives === undefined) {
      lives = { started: 0, ended: 0, restarts: 0, exits: new Map() };
      this.#lives.set(component, lives);
    }
    return lives;
  }

  /** What was counted. */
  families(): readonly Family[] {
    const lives = [...this.#lives];
    const by = (valueOf: (lives: Lives) => number): Sample[] =>
      lives.map(([component, lives]) => ({
        ...{ labels: { component }, value: valueOf(lives) },
      }));
    const one = (value: number): Sample[] => [{ labels: {}, value }];
    return [
      {
        ...{ name: "rusm_processes_started", type: "counter" },
        ...{ help: "Processes that were spawned" },
        samples: by(({ started }) => started),
      },
      {
        ...{ name: "rusm_processes", type: "gauge" },
        ...{ help: "Processes that live" },
        samples: by(({ started, ended }) => started - ended),
      },
      {
        ...{ name: "rusm_process_exits", type: "counter" },
        ...{ help: "Processes that have ended, by why" },
        samples: lives.flatMap(([component, { exits }]) =>
          [...exits].map(([reason, value]) => ({
            ...{ labels: { component, reason }, value },
          }))
        ),
      },
      {
        ...{ name: "rusm_supervisor_restarts", type: "counter" },
        ...{ help: "Children that a supervisor started again" },
        samples: [
          ...by(({ restarts }) => restarts).filter(({ value }) =>
            value as number > 0
          ),
          ...one(this.#guestRestarts),
        ],
      },
      {
        ...{ name: "rusm_supervisors_given_up", type: "counter" },
        ...{ help: "Supervisors that ended, since a child ended too often" },
        samples: one(this.#givenUp),
      },
      {
        ...{ name: "rusm_messages_refused", type: "counter" },
        ...{ help: "Messages between schedulers that were dropped" },
        samples: one(this.#refusedMessages),
      },
      {
        ...{ name: "rusm_schedulers_lost", type: "counter" },
        ...{ help: "Schedulers that were given up" },
        samples: one(this.#schedulersLost),
      },
    ];
  }
}

/** One of a few words: a reason of the program's own has no bound. */
function wordOf(reason: ExitReason): string {
  if (typeof reason === "string") return reason === "kill" ? "killed" : reason;
  return reason.type === "limit" ? `limit_${reason.limit}` : reason.type;
}
