/**
 * Names of WIT in JavaScript.
 *
 * @module
 */

// Words of one case each; only the first may not begin with a digit.
// The alternatives have nothing in common, or a long name would be tried in
// more ways than there is time for.
const KEBAB =
  /^(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[0-9]+|[0-9]*[a-z][a-z0-9]*|[0-9]*[A-Z][A-Z0-9]*))*$/;

/**
 * The names of fields or flags as keys of an object: `max-size` is `maxSize`.
 *
 * @throws {TypeError} A name is not in kebab case, or two become the same key.
 * Such a name could stand for the prototype.
 */
export function keysOf(names: readonly string[]): readonly string[] {
  const keys = names.map(camelCase);
  if (new Set(keys).size < keys.length) {
    throw new TypeError(
      `Cannot tell names apart in JavaScript: ${names.join(", ")}`,
    );
  }
  return keys;
}

function camelCase(name: string): string {
  if (!KEBAB.test(name)) {
    throw new TypeError(`Cannot use a name that is not in kebab case: ${name}`);
  }
  const [first, ...rest] = name.toLowerCase().split("-");
  return first + rest.map(capitalized).join("");
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
