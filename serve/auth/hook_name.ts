/**
 * What authentication hooks are called.
 *
 * @module
 */

const PREFIX = "auth:";

/** Name of the component that is the hook `name`. */
export function hookComponent(name: string): string {
  return `${PREFIX}${name}`;
}

/** The hook that a component is; `undefined` for any other component. */
export function hookOf(component: string): string | undefined {
  return component.startsWith(PREFIX)
    ? component.slice(PREFIX.length)
    : undefined;
}

/**
 * What the files of a component are called in `wasm/`, without their endings: not
 * every file system has names with a colon.
 */
export function artifactName(component: string): string {
  const hook = hookOf(component);
  return hook === undefined ? component : `auth-${hook}`;
}
