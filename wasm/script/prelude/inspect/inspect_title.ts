/**
 * How `inspect` names things.
 *
 * @module
 */

import { core } from "../linked.ts";

const { guestFrames } = core;

/** Text in the quotes that need no escape in it, if there are such. */
export function quote(text: string): string {
  const json = JSON.stringify(text);
  const mark = ['"', "'", "`"].find((each) => !text.includes(each)) ?? '"';
  if (mark === '"') return json;
  return mark + json.slice(1, -1).replaceAll('\\"', '"') + mark;
}

/** A function or a class, in brackets. */
export function functionTitle(value: object & { name?: unknown }): string {
  const name = value.name ? String(value.name) : "";
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    const parent = Object.getPrototypeOf(value)?.name;
    return `[class ${name || "(anonymous)"}${
      parent ? ` extends ${parent}` : ""
    }]`;
  }
  const kind = tagOf(value) || "Function";
  return name ? `[${kind}: ${name}]` : `[${kind} (anonymous)]`;
}

/** An error with the guest's frames, one a line. */
export function errorTitle({ name, message, stack }: Error): string {
  const head = message === "" ? `${name}` : `${name}: ${message}`;
  const frames = guestFrames(String(stack ?? "")).trimEnd();
  return frames === "" ? head : `${head}\n${frames}`;
}

/** The key of a property, in quotes if it is no identifier. */
export function keyTitle(key: string | symbol): string {
  if (typeof key === "symbol") return key.toString();
  return /^[a-z_$][\w$]*$/i.test(key) ? key : quote(key);
}

/** The name of the class that made an object. */
export function nameOf(value: object): string {
  for (let each = value; each !== null; each = Object.getPrototypeOf(each)) {
    const constructor = Object.getOwnPropertyDescriptor(each, "constructor")
      ?.value;
    if (typeof constructor === "function" && constructor.name) {
      return constructor.name;
    }
  }
  return "[Object: null prototype]";
}

/** An object's own idea of what it is; may be empty. */
export function tagOf(value: object): string {
  const tag = value[Symbol.toStringTag as keyof object] as unknown;
  return typeof tag === "string" ? tag : "";
}
