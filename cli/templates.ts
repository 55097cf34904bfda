/**
 * The apps that `rusm new` makes, embedded as text: an installation from a
 * registry has no files beside its modules.
 *
 * @module
 */

import gitignore from "./templates/hello/gitignore" with { type: "text" };
import readme from "./templates/hello/README.md" with { type: "text" };
import api from "./templates/hello/components/api/index.ts" with {
  type: "text",
};
import manifest from "./templates/hello/rusm.toml" with { type: "text" };
import tsconfig from "./templates/hello/tsconfig.json" with { type: "text" };

/** The text of each file of an app, by its path in the app. */
export type Template = ReadonlyMap<string, string>;

/** TypeScript, HTTP: one component that greets. */
export const HELLO: Template = new Map([
  // A registry does not take a file that is named `.gitignore`.
  [".gitignore", gitignore],
  ["README.md", readme],
  ["components/api/index.ts", api],
  ["rusm.toml", manifest],
  ["tsconfig.json", tsconfig],
]);
