/**
 * Names of what components import, export and are made of.
 *
 * @see Component Model, "Import and Export Definitions" of the explainer.
 *
 * @module
 */

// A word is in one case; words but the first may start with a digit. No word is
// two of these alternatives, or hostile names would take for ever to match.
const WORD = "(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)";
const LATER = "(?:[0-9]*[a-z][0-9a-z]*|[0-9]*[A-Z][0-9A-Z]*|[0-9]+)";
const LABEL = `${WORD}(?:-${LATER})*`;
const VERSION = "[0-9]+(?:\\.[0-9]+){0,2}(?:[-+][-+.0-9A-Za-z]+)?";

const LABEL_FORM = new RegExp(`^${LABEL}$`);
const PLAIN_FORM = new RegExp(
  `^(?:\\[(constructor|method|static|async|async method|async static)\\])?(${LABEL})(?:\\.(${LABEL}))?$`,
);
const INTERFACE_FORM = new RegExp(
  `^(?:${LABEL}:)+${LABEL}(?:/${LABEL})+(?:@${VERSION})?$`,
);
// Names of components and modules that something else finds.
const DEPENDENCY_FORM =
  /^(?:locked-dep|unlocked-dep|url|relative-url|integrity)=<.*>$/;

/** What the name of a function says about it. */
export interface FunctionName {
  /** How it belongs to a resource; undefined if it does not. */
  readonly role: "constructor" | "method" | "static" | undefined;
  /** Of which resource. Empty without a role. */
  readonly resource: string;
  /** What it is called; `constructor` for one. */
  readonly label: string;
}

/** Whether `text` is in kebab case. */
export function isLabel(text: string): boolean {
  return LABEL_FORM.test(text);
}

/** Whether `text` may name an import or an export. */
export function isExternName(text: string): boolean {
  if (INTERFACE_FORM.test(text) || DEPENDENCY_FORM.test(text)) return true;
  const form = PLAIN_FORM.exec(text);
  if (form === null) return false;
  const [, role, , member] = form;
  return /(method|static)$/.test(role ?? "") === (member !== undefined);
}

/** What `name`, the name of a function, says: `[method]output-stream.write` and so on. */
export function parseFunctionName(name: string): FunctionName {
  const [, role, owner, member] = PLAIN_FORM.exec(name) ?? [];
  switch (role) {
    case "constructor":
      return { role, resource: owner!, label: role };
    case "method":
    case "async method":
      return { role: "method", resource: owner!, label: member! };
    case "static":
    case "async static":
      return { role: "static", resource: owner!, label: member! };
    default:
      return { role: undefined, resource: "", label: owner ?? name };
  }
}

/** The first of `names` that was there before it, or differs from one in case alone. */
export function duplicateOf(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (seen.has(key)) return name;
    seen.add(key);
  }
  return undefined;
}
