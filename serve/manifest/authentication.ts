/**
 * What `[[serve]]` says of authentication, and the hooks that it names.
 *
 * @module
 */

import { defineProfile } from "@rusm/wasm";
import type { AuthenticationRules } from "../auth/authentication.ts";
import { artifactName, hookComponent, hookOf } from "../auth/hook_name.ts";
import {
  AUTHENTICATION_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS_MAX,
} from "../limits.ts";
import type { Position } from "../errors.ts";
import type { ComponentEntry, Components } from "./component.ts";
import { type Fields, headerOf, integer, type Report, text } from "./fields.ts";
import type { TomlNode } from "./toml.ts";

/** The keys, each with what reads its value. */
export const AUTHENTICATION = {
  "authentication": readHook,
  "authentication_timeout_ms": integer(1, REQUEST_TIMEOUT_MS_MAX),
  "authentication_challenge": readChallenge,
} as const;

/** What a listener has of them: nothing when nobody is asked. */
export interface Authenticated {
  /** Who may ask for anything; all may when absent. */
  readonly authentication?: AuthenticationRules;
}

/** What the keys say, and the defaults of those that are absent. */
export function authenticationRules(
  fields: Fields<typeof AUTHENTICATION>,
  report: Report,
): Authenticated {
  const { authentication, ...others } = fields;
  const timeout = others.authentication_timeout_ms;
  const challenge = others.authentication_challenge;
  if (authentication === undefined) {
    for (const field of [timeout, challenge]) {
      if (field === undefined) continue;
      const hint = 'add "authentication", the name of a hook';
      report(field.at, "Nobody to authenticate by in [[serve]]", hint);
    }
    return {};
  }
  return {
    authentication: {
      hook: authentication.value,
      timeoutMs: timeout?.value ?? AUTHENTICATION_TIMEOUT_MS,
      challenge: challenge?.value ?? "Bearer",
    },
  };
}

function readHook(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const name = text(node, label, report);
  if (name === undefined || /^[a-z][a-z0-9_-]*$/.test(name)) return name;
  report(
    node.at,
    `Cannot read the hook ${label}: ${JSON.stringify(name)}`,
    `use lower-case letters, digits, "_" and "-", a letter first`,
  );
  return undefined;
}

function readChallenge(
  node: TomlNode,
  label: string,
  report: Report,
): string | undefined {
  const challenge = text(node, label, report);
  // A scheme of RFC 9110, section 11.6.1, and whatever belongs to it.
  const isSound = challenge === undefined ||
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+( [\x20-\x7e]*)?$/.test(challenge);
  if (isSound) return challenge;
  report(
    node.at,
    `Cannot read the challenge ${label}: ${JSON.stringify(challenge)}`,
    `write a scheme and its parameters, such as 'Bearer realm="shop"'`,
  );
  return undefined;
}

/** A component that no one declares, since a listener names it as its hook. */
const IMPLIED: Omit<ComponentEntry, "name" | "at"> = {
  ...{ isolation: "shared", isResident: true, isImplied: true } as const,
  capability: defineProfile("sandboxed", {}),
};

/**
 * Adds the components of hooks that listeners name and nobody declares, and
 * reports components that would have the same file.
 */
export function withHooks(
  components: Components,
  listeners: readonly (Authenticated & { readonly at: Position })[],
  report: Report,
): Components {
  const all = new Map(components);
  for (const { authentication, at } of listeners) {
    if (authentication === undefined) continue;
    const name = hookComponent(authentication.hook);
    if (!all.has(name)) all.set(name, { name, at, ...IMPLIED });
  }
  for (const entry of all.values()) reportSameFile(entry, all, report);
  return all;
}

function reportSameFile(
  { name, at }: ComponentEntry,
  all: Components,
  report: Report,
): void {
  const file = artifactName(name);
  if (file === name || !all.has(file)) return;
  report(
    at,
    `Cannot have ${headerOf("components", file)} beside the hook ${
      JSON.stringify(hookOf(name))
    }`,
    `both would be wasm/${file}: name one of them otherwise`,
  );
}

/** Leaves out the components of hooks that nobody declares and `natives` has. */
export function withoutHooks(
  components: Components,
  natives: ReadonlyMap<string, unknown>,
): Components {
  const isNeeded = ({ name, isImplied }: ComponentEntry) =>
    !isImplied || !natives.has(hookOf(name)!);
  return new Map([...components].filter(([, entry]) => isNeeded(entry)));
}
