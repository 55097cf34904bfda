/**
 * What has changed between two states of an app.
 *
 * @module
 */

import { formatAddress } from "../manifest/address.ts";
import type { ComponentEntry, HttpListener, Listener } from "../manifest.ts";

/** A component, and what tells whether it is another one. */
export interface Made {
  /** As the manifest has it. */
  readonly entry: ComponentEntry;
  /** Of its artifact. */
  readonly digest: string;
}

/** Why a component is another one: its artifact, or what the manifest says of it. */
export type Cause = "code" | "settings";

/** What became of components, by name. */
export interface ComponentChanges {
  /** The same in both, in the new order. */
  readonly kept: readonly string[];
  /** In both and another one, in the new order. */
  readonly changed: readonly (readonly [name: string, cause: Cause])[];
  /** Only in the new one, in its order. */
  readonly added: readonly string[];
  /** Only in the old one, in its order. */
  readonly removed: readonly string[];
}

/**
 * Compares the components of an app. Pure.
 *
 * Where the manifest declares a component does not count.
 */
export function compareComponents(
  before: readonly Made[],
  after: readonly Made[],
): ComponentChanges {
  const old = new Map(before.map((made) => [made.entry.name, made]));
  const kept: string[] = [];
  const changed: [string, Cause][] = [];
  const added: string[] = [];
  for (const made of after) {
    const { name } = made.entry;
    const was = old.get(name);
    const cause = was && causeOf(was, made);
    if (was === undefined) added.push(name);
    else if (cause === undefined) kept.push(name);
    else changed.push([name, cause]);
  }
  const names = new Set(after.map(({ entry }) => entry.name));
  const removed = [...old.keys()].filter((name) => !names.has(name));
  return { kept, changed, added, removed };
}

function causeOf(before: Made, after: Made): Cause | undefined {
  if (before.digest !== after.digest) return "code";
  const isSame = settingsOf(before.entry) === settingsOf(after.entry);
  return isSame ? undefined : "settings";
}

// Both were read by the same code, so their keys are in one order.
function settingsOf({ at: _, ...settings }: ComponentEntry): string {
  return JSON.stringify(settings);
}

/** What became of listeners. Indices are those of the two lists. */
export interface ListenerChanges {
  /** On the same address in both, in the new order. */
  readonly kept: readonly KeptListener[];
  /** Only in the new one, in its order. */
  readonly opened: readonly number[];
  /** Only in the old one, in its order. */
  readonly closed: readonly number[];
}

/** A listener that goes on. */
export interface KeptListener {
  /** Index in the old list. */
  readonly before: number;
  /** Index in the new list. */
  readonly after: number;
  /** Whether who answers, or a limit, is another. */
  readonly isChanged: boolean;
}

/**
 * Compares the listeners of an app, by their addresses. Pure.
 *
 * Where the system chooses the port, the first of the one is the first of the
 * other.
 */
export function compareListeners(
  before: readonly Listener[],
  after: readonly Listener[],
): ListenerChanges {
  const left = new Map<string, number[]>();
  for (const [index, listener] of before.entries()) {
    const address = keyOf(listener);
    left.set(address, [...left.get(address) ?? [], index]);
  }
  const kept: KeptListener[] = [];
  const opened: number[] = [];
  for (const [index, listener] of after.entries()) {
    const was = left.get(keyOf(listener))?.shift();
    if (was === undefined) opened.push(index);
    else {
      const isChanged = detailsOf(before[was]!) !== detailsOf(listener);
      kept.push({ before: was, after: index, isChanged });
    }
  }
  const closed = [...left.values()].flat().sort((a, b) => a - b);
  return { kept, opened, closed };
}

// A listener keeps what its socket and its connections were made with: one of
// HTTP the certificates and who is let in, others all but who is asked.
function keyOf(listener: Listener): string {
  const { at: _, target: __, authentication: ___, tls, ...rules } = listener;
  const { protocol, admission } = rules;
  const address = formatAddress(listener);
  const made = protocol === "http" ? [protocol, address, admission] : rules;
  return JSON.stringify([made, tlsOf(tls)]);
}

function tlsOf(tls: HttpListener["tls"]): unknown {
  return tls && [tls.cert, tls.key, ...tls.sni];
}

// A table of routes holds what was made of them, too. Certificates are a part of
// the key.
function detailsOf(listener: Listener): string {
  const { at: _, target, ...details } = { ...listener, tls: undefined };
  const routes = typeof target === "string"
    ? target
    : target.routes.map(({ key, component, action, directory }) => [
      ...[key, component, action, directory],
    ]);
  return JSON.stringify({ ...details, routes });
}
