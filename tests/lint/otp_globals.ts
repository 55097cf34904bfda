/**
 * `rusm/otp-globals`: what `otp/` must not touch, and `otp/host.ts` alone may.
 *
 * @module
 */

import { isTest, memberOf } from "../boundaries/members.ts";
import type { Violation } from "../boundaries/rules.ts";
import { freeNames } from "./free_names.ts";
import { sourcePath } from "./source.ts";
import { type Use, useOf } from "./use.ts";

/** Reports a global that would tie the process core to a machine or a clock. */
export const otpGlobals: Deno.lint.Rule = {
  create(context) {
    const path = sourcePath(context.filename);
    if (memberOf(path) !== "otp" || isTest(path)) return {};
    const judge = path === "otp/host.ts" ? judgeInSeam : judgeOutside;
    return {
      Program() {
        for (const node of freeNames(context.sourceCode)) {
          const violation = judge(node.name, useOf(node));
          if (violation === undefined) continue;
          const { found: message, fix: hint } = violation;
          context.report({ node, message, hint });
        }
      },
    };
  },
};

// What no code of otp may name, in values or in types.
const MACHINE = new Set([
  ...["Deno", "WebAssembly", "process", "Buffer", "require"],
  ...["fetch", "WebSocket", "EventSource", "Worker", "BroadcastChannel"],
  ...["localStorage", "sessionStorage", "indexedDB", "caches"],
  // Other names of globalThis.
  ...["self", "window", "global"],
]);

// Time, entropy, macrotasks, and which machine it is.
const SEAM = new Set([
  "navigator",
  ...["performance", "Temporal", "crypto", "queueMicrotask", "MessageChannel"],
  ...["setTimeout", "setInterval", "setImmediate"],
]);

function judgeInSeam(name: string, use: Use): Violation | undefined {
  if (MACHINE.has(name)) return machine(name);
  if (name !== "globalThis") return undefined;
  return judgeMembers(name, use, judgeInSeam);
}

function judgeOutside(name: string, use: Use): Violation | undefined {
  if (MACHINE.has(name)) return machine(name);
  if (SEAM.has(name)) return seam(name);
  switch (name) {
    case "globalThis":
      return judgeMembers(name, use, judgeOutside);
    case "Date":
      return judgeDate(use);
    case "Math":
      return judgeMembers(
        name,
        use,
        (member) => member === "random" ? seam("Math.random") : undefined,
      );
    default:
      return undefined;
  }
}

function judgeDate(use: Use): Violation | undefined {
  if (use.type === "construct") {
    return use.count === 0 ? seam("new Date()") : undefined;
  }
  return judgeMembers(
    "Date",
    use,
    (member) => member === "now" ? seam("Date.now") : undefined,
  );
}

function judgeMembers(
  name: string,
  use: Use,
  judge: (member: string, use: Use) => Violation | undefined,
): Violation | undefined {
  if (use.type === "compare" || use.type === "type") return undefined;
  if (use.type !== "members") return handedOn(name);
  return use.members.map((member) => judge(member.name, member.use))
    .find((violation) => violation !== undefined);
}

function machine(name: string): Violation {
  return {
    found: `Cannot reach for the machine in otp: ${name}`,
    fix: "Let it come in through the Host of otp/host.ts, or as an argument",
  };
}

function seam(name: string): Violation {
  return {
    found: `Cannot take time, entropy or macrotasks past the Host: ${name}`,
    fix: "Ask the Host that the runtime was given; only otp/host.ts makes one",
  };
}

function handedOn(name: string): Violation {
  return {
    found: `Cannot hand on a global whose members are watched: ${name}`,
    fix: "Name the member where it is used, as in Math.max",
  };
}
