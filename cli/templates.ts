/**
 * The apps that `rusm new` makes, embedded as text: an installation from a
 * registry has no files beside its modules.
 *
 * @module
 */

import boardReadme from "./templates/board/README.md" with { type: "text" };
import boardApi from "./templates/board/components/api/index.ts" with {
  type: "text",
};
import boardChat from "./templates/board/components/chat/index.ts" with {
  type: "text",
};
import boardDigest from "./templates/board/components/digest/index.ts" with {
  type: "text",
};
import boardFeed from "./templates/board/components/feed/index.ts" with {
  type: "text",
};
import boardStore from "./templates/board/components/store/index.ts" with {
  type: "text",
};
import boardManifest from "./templates/board/rusm.toml" with { type: "text" };
import boardShared from "./templates/board/shared/board.ts" with {
  type: "text",
};
import gitignore from "./templates/hello/gitignore" with { type: "text" };
import helloReadme from "./templates/hello/README.md" with { type: "text" };
import api from "./templates/hello/components/api/index.ts" with {
  type: "text",
};
import helloManifest from "./templates/hello/rusm.toml" with { type: "text" };
import tsconfig from "./templates/hello/tsconfig.json" with { type: "text" };
import shortenerReadme from "./templates/shortener/README.md" with {
  type: "text",
};
import links from "./templates/shortener/components/links/index.ts" with {
  type: "text",
};
import shortenerManifest from "./templates/shortener/rusm.toml" with {
  type: "text",
};
import sseReadme from "./templates/sse/README.md" with { type: "text" };
import clock from "./templates/sse/components/clock/index.ts" with {
  type: "text",
};
import sseManifest from "./templates/sse/rusm.toml" with { type: "text" };
import wsReadme from "./templates/ws/README.md" with { type: "text" };
import chat from "./templates/ws/components/chat/index.ts" with {
  type: "text",
};
import wsManifest from "./templates/ws/rusm.toml" with { type: "text" };

/** The text of each file of an app, by its path in the app. */
export type Template = ReadonlyMap<string, string>;

/** How clients talk to an app. */
export type Protocol = "http" | "ws" | "sse";

/** An app to start from. */
export interface Starter {
  /** Name of its directory below `templates/`. */
  readonly name: string;
  /** How clients talk to it. */
  readonly protocol: Protocol;
  /** What it consists of. */
  readonly files: Template;
  /** Path in `files` of the component that talks to clients. */
  readonly component: string;
  /** A shell command that talks to it. */
  readonly probe: string;
}

// A registry does not take a file that is named `.gitignore`.
const COMMON = [
  [".gitignore", gitignore],
  ["tsconfig.json", tsconfig],
] as const;

/** Every app to start from; of those of one protocol, the usual one first. */
export const STARTERS: readonly Starter[] = [
  {
    name: "hello",
    protocol: "http",
    files: templateOf([
      ["README.md", helloReadme],
      ["components/api/index.ts", api],
      ["rusm.toml", helloManifest],
    ]),
    component: "components/api/index.ts",
    probe: "curl http://127.0.0.1:8080/",
  },
  {
    name: "shortener",
    protocol: "http",
    files: templateOf([
      ["README.md", shortenerReadme],
      ["components/links/index.ts", links],
      ["rusm.toml", shortenerManifest],
    ]),
    component: "components/links/index.ts",
    probe:
      'curl http://127.0.0.1:8080/links -d \'{"url": "https://deno.com/"}\'',
  },
  {
    name: "board",
    protocol: "http",
    files: templateOf([
      ["README.md", boardReadme],
      ["components/api/index.ts", boardApi],
      ["components/chat/index.ts", boardChat],
      ["components/digest/index.ts", boardDigest],
      ["components/feed/index.ts", boardFeed],
      ["components/store/index.ts", boardStore],
      ["rusm.toml", boardManifest],
      ["shared/board.ts", boardShared],
    ]),
    component: "components/api/index.ts",
    probe:
      'curl http://127.0.0.1:8080/cards -d \'{"text": "Water the plants"}\'',
  },
  {
    name: "ws",
    protocol: "ws",
    files: templateOf([
      ["README.md", wsReadme],
      ["components/chat/index.ts", chat],
      ["rusm.toml", wsManifest],
    ]),
    component: "components/chat/index.ts",
    probe: "websocat ws://127.0.0.1:8080/",
  },
  {
    name: "sse",
    protocol: "sse",
    files: templateOf([
      ["README.md", sseReadme],
      ["components/clock/index.ts", clock],
      ["rusm.toml", sseManifest],
    ]),
    component: "components/clock/index.ts",
    probe: "curl -N http://127.0.0.1:8080/",
  },
];

function templateOf(own: readonly (readonly [string, string])[]): Template {
  return new Map([...COMMON, ...own].sort(([a], [b]) => a < b ? -1 : 1));
}
