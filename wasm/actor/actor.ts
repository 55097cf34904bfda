/**
 * `rusm:runtime/actor`: processes, messages, names, timers, supervision.
 *
 * @module
 */

import type { HostInterface } from "../component/host.ts";
import { monitor } from "./bonds.ts";
import { receive, receiveTimeout, send, stash, unstash } from "./mailbox.ts";
import { register, setLabel, unregister, whereis } from "./naming.ts";
import {
  info,
  isAlive,
  kill,
  listProcesses,
  spawn,
  spawnFrom,
  supervise,
} from "./processes.ts";
import { cancelTimer, sendAfter } from "./timers.ts";

/** The interface, as `wit/actor.wit` has it. */
export const ACTOR: HostInterface = {
  name: "rusm:runtime/actor@0.1.0",
  wit: `
    use types.{pid};

    record process-info {
        pid: pid,
        links: u32,
        monitors: u32,
        names: list<string>,
        label: option<string>,
        mailbox-depth: u32,
        trap-exit: bool,
    }

    enum supervise-strategy {
        one-for-one,
        one-for-all,
        rest-for-one,
    }
    own-pid: func() -> pid;
    spawn: func(component: string) -> result<pid, string>;
    spawn-from: func(component: string, source: string) -> result<pid, string>;
    monitor: func(target: pid);
    send: func(to: pid, message: list<u8>);
    receive: func() -> list<u8>;
    receive-timeout: func(timeout-ms: u64) -> option<list<u8>>;
    stash: func(message: list<u8>);
    unstash: func();
    list-processes: func() -> list<pid>;
    info: func(target: pid) -> option<process-info>;
    is-alive: func(target: pid) -> bool;
    kill: func(target: pid) -> bool;
    register: func(name: string) -> bool;
    whereis: func(name: string) -> option<pid>;
    unregister: func(name: string) -> bool;
    set-label: func(label: string);
    supervise: func(
        strategy: supervise-strategy,
        children: list<string>,
        max-restarts: u32,
        within-ms: u32,
    ) -> result<pid, string>;
    send-after: func(to: pid, delay-ms: u64, message: list<u8>) -> u64;
    cancel-timer: func(handle: u64) -> bool;
  `,
  functions: {
    "own-pid": (guest) => guest.self.pid.toBigInt(),
    monitor,
    send,
    stash,
    unstash,
    whereis,
    "set-label": setLabel,
    "send-after": sendAfter,
    "cancel-timer": cancelTimer,
  },
  suspending: {
    spawn,
    "spawn-from": spawnFrom,
    supervise,
    receive,
    "receive-timeout": receiveTimeout,
    "list-processes": listProcesses,
    info,
    "is-alive": isAlive,
    kill,
    register,
    unregister,
  },
  sharing: new Set(["send"]),
};
