/**
 * Why a process of a component ended.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";
import { type Crashed, reasonOf, sourceOf } from "../core/crash_report.ts";
import type { CoreModule } from "../core/module.ts";
import { ComponentError } from "./canonical/mod.ts";

/**
 * Makes exit reasons of what ends processes of a component.
 *
 * V8 does not say which module of several a function is of: then the offsets
 * and indices of a trap are those of the modules as they run.
 *
 * @param name Of the component, for stacks.
 */
export function componentCrashReports(
  name: string,
  modules: readonly CoreModule[],
): (crashed: Crashed) => ExitReason {
  const source = modules.length === 1 ? sourceOf(modules[0]!) : {};
  return ({ thrown }) => {
    const isFailed = thrown instanceof ComponentError &&
      thrown.payload === undefined;
    // That is what a command answers that has failed.
    return isFailed
      ? { type: "exit", payload: { exitCode: 1 } }
      : reasonOf(thrown, name, source);
  };
}
