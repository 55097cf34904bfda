import { strictEqual, throws } from "node:assert";
import { parseManifest } from "../manifest.ts";

const SERVE = '[[serve]]\nprotocol = "http"\nlisten = "127.0.0.1:8080"\n';
const WS = SERVE.replace("http", "ws");
const SSE = SERVE.replace("http", "sse");
const API = "[components.api]\n";
const CUSTOM = "[capabilities.custom]\n";
const FROM_4_TO_4096 = "expected an integer from 4 to 4096";

// Where the text goes wrong, and what is said after `rusm.toml:`.
// deno-fmt-ignore
const PROBLEMS: readonly (readonly [text: string, ...messages: string[]])[] = [
  // Everywhere
  ["a = ", "1:5: Cannot parse TOML, unspecified values are invalid: found the end of the line"],
  ["[serv]", '1:2: Unknown key "serv" in the manifest: did you mean "serve"?'],
  ["nodes = 1", '1:1: Unknown key "nodes" in the manifest: did you mean "node"?'],
  ["node = 1", '1:8: Wrong type for "node" in the manifest: expected a table, found an integer'],
  ["[node]\nstore = ''", '2:9: Empty string for "store" in [node]: expected at least one character'],
  ["[node]\nstore_max_mb = 0",
    '2:16: Out of range "store_max_mb" in [node]: expected an integer from 1 to 1048576, found 0'],
  ["[node]\nadmin = '9000'",
    '2:9: Cannot read the address "admin" in [node]: "9000": write "host:port", such as "127.0.0.1:8080" or "[::1]:8080"'],
  ["[node]\nstor = 'a'", '2:1: Unknown key "stor" in [node]: did you mean "store"?'],
  ["[node]\ndynamic_ttl_secs = 0", '2:20: Out of range "dynamic_ttl_secs" in [node]: expected an integer from 1 to 2147483, found 0'],
  ["[node]\ndynamic_wasm_ttl_secs = 2147484",
    '2:25: Out of range "dynamic_wasm_ttl_secs" in [node]: expected an integer from 1 to 2147483, found 2147484'],
  ["[node]\ndynamic_ttl_secs = 1\ndynamic_wasm_ttl_secs = 1",
    '3:25: Both "dynamic_ttl_secs" and "dynamic_wasm_ttl_secs" in [node]: they are the same: remove one of the two'],
  ["constructor = 1", '1:1: Unknown key "constructor" in the manifest: known keys are node, log, serve, components, capabilities'],
  ["log = 1", '1:7: Wrong type for "log" in the manifest: expected a table, found an integer'],
  ["[serve]", '1:1: Wrong type for "serve" in the manifest: expected an array of tables, [[serve]], found a table'],
  ["serve = [1]", '1:10: Wrong type for "serve" in the manifest: expected a table, found an integer'],
  ["components = 1.0", '1:14: Wrong type for "components" in the manifest: expected a table, found a float'],
  ["[[capabilities]]", '1:3: Wrong type for "capabilities" in the manifest: expected a table, found an array'],

  // [log]
  ['[log]\nlevel = "inof"', '2:9: Unknown word for "level" in [log]: "inof": did you mean "info"?'],
  ['[log]\nlevel = "WARNIN"', '2:9: Unknown word for "level" in [log]: "WARNIN": levels are off, error, warn, info, debug'],
  ['[log]\nlevel = "loud"', '2:9: Unknown word for "level" in [log]: "loud": levels are off, error, warn, info, debug'],
  ['[log]\nformat = "jsn"', '2:10: Unknown word for "format" in [log]: "jsn": did you mean "json"?'],
  ['[log]\nformat = "xml"', '2:10: Unknown word for "format" in [log]: "xml": expected one of text, json'],
  ["[log]\nformat = true", '2:10: Wrong type for "format" in [log]: expected a string, found a boolean'],
  ["[log]\nlevel = 1979-05-27", '2:9: Wrong type for "level" in [log]: expected a string, found a date'],
  ['[log]\nlevel = ""', '2:9: Empty string for "level" in [log]: expected at least one character'],
  ["[log]\nlevle = 1", '2:1: Unknown key "levle" in [log]: did you mean "level"?'],

  // [[serve]]
  [API + "[[serve]]\ncomponent = 'api'",
    '2:1: Missing key in [[serve]]: add "protocol"',
    '2:1: Missing key in [[serve]]: add "listen"'],
  [API + SERVE + "component = 'api'\nlistn = 1", '6:1: Unknown key "listn" in [[serve]]: did you mean "listen"?'],
  [API + SERVE, '2:1: Neither "component" nor "routes" in [[serve]]: exactly one of the two says who answers'],
  [API + SERVE + "component = 'api'\nroutes = { 'GET /' = 'api' }",
    '6:1: Both "component" and "routes" in [[serve]]: exactly one of the two says who answers'],
  [API + SERVE + "component = 'apy'", '5:13: Unknown component "apy": did you mean "api"?'],
  [SERVE + "component = 'api'", '4:13: Unknown component "api": add [components.api]'],
  [API + SERVE + "component = true", '5:13: Wrong type for "component" in [[serve]]: expected a string, found a boolean'],
  [API + SSE + "component = 'api'\nheartbeat_ms = 0", '6:16: Out of range "heartbeat_ms" in [[serve]]: expected an integer from 1 to 2147483647, found 0'],
  [API + SSE + "component = 'api'\nwhen_behind = 'wait'", '6:15: Unknown "when_behind" in [[serve]]: "wait": use "disconnect" or "drop"'],
  [API + SSE + "component = 'api'\nping_interval_ms = 1", '6:1: Unknown key "ping_interval_ms" for protocol "sse": it is for protocol "ws"'],
  [API + SSE + "[serve.routes]\n'GET /' = 'api#go'", '6:11: Unexpected "#go" in route "GET /": a connection is handled by a process: write "api"'],
  [API + WS + "component = 'api'\nheartbeat_ms = 1", '6:1: Unknown key "heartbeat_ms" for protocol "ws": it is for protocol "sse"'],
  [API + SERVE + "component = 'api'\nmax_queued_bytes = 1", '6:1: Unknown key "max_queued_bytes" for protocol "http": it is for protocol "ws" or "sse"'],
  [API + WS + "component = 'api'\ncompression = ['gzip']", '6:15: Wrong type for "compression" in [[serve]]: expected true or false for protocol "ws", found an array'],
  [API + SSE + "[serve.routes]\n'GET /*' = 'dir:public'", '6:12: Unexpected "dir:public" in route "GET /*": a connection is handled by a process: write a component'],
  [API + WS + "component = 'api'\nmax_in_flight = 1", '6:1: Unknown key "max_in_flight" for protocol "ws": it is for protocol "http"'],
  [API + WS + "component = 'api'\nsubprotocols = ['a b']", '6:17: Not a subprotocol: "a b": write one word for each of "subprotocols" in [[serve]]'],
  [API + WS + "component = 'api'\nallowed_origins = 'a'", '6:19: Wrong type for "allowed_origins" in [[serve]]: expected an array of strings, found a string'],
  [API + WS + "component = 'api'\nmax_message_size = 67108865", '6:20: Out of range "max_message_size" in [[serve]]: expected an integer from 1 to 67108864, found 67108865'],
  [API + WS + "[serve.routes]\n'GET /' = 'api#go'", '6:11: Unexpected "#go" in route "GET /": a connection is handled by a process: write "api"'],
  [API + SERVE.replace("http", "htpp") + "component = 'api'", '3:12: Unknown "protocol" in [[serve]]: "htpp": did you mean "http"?'],
  [API + SERVE.replace("http", "grpc") + "component = 'api'", '3:12: Unknown "protocol" in [[serve]]: "grpc": known protocols are http, ws, sse'],
  [API + SERVE.replace(":8080", "") + "component = 'api'",
    '4:10: Cannot read the address "listen" in [[serve]]: "127.0.0.1": write "host:port", such as "127.0.0.1:8080" or "[::1]:8080"'],
  [API + "[[serve]]\nprotocol = 'http'\nlisten = 8080\ncomponent = 'api'",
    '4:10: Wrong type for "listen" in [[serve]]: expected a string, found an integer'],
  [API + (SERVE + "component = 'api'\n").repeat(2), "8:10: Cannot listen twice on 127.0.0.1:8080: choose another port than 8080"],
  [API + SERVE + "component = 'api'\n" + SERVE.replace("127.0.0.1", "[::1]") + "component = 'api'\n" +
      SERVE.replace("127.0.0.1", "[0::1]") + "component = 'api'\n",
    "12:10: Cannot listen twice on [::1]:8080: choose another port than 8080"],
  [API + SERVE + "component = 'api'\nrequest_timeout_ms = 0",
    '6:22: Out of range "request_timeout_ms" in [[serve]]: expected an integer from 1 to 2147483647, found 0'],
  [API + SERVE + "component = 'api'\nrequest_timeout_ms = 2147483648",
    '6:22: Out of range "request_timeout_ms" in [[serve]]: expected an integer from 1 to 2147483647, found 2147483648'],
  [API + SERVE + "component = 'api'\nmax_body_bytes = -1",
    '6:18: Out of range "max_body_bytes" in [[serve]]: expected an integer from 0 to 9007199254740991, found -1'],
  [API + SERVE + "component = 'api'\nmax_in_flight = 0",
    '6:17: Out of range "max_in_flight" in [[serve]]: expected an integer from 1 to 9007199254740991, found 0'],
  [API + SERVE + "component = 'api'\nmax_in_flight = 1.5",
    '6:17: Wrong type for "max_in_flight" in [[serve]]: expected an integer, found a float'],

  // [serve.routes]
  [API + SERVE + "[serve.routes]", '5:1: No route in [serve.routes]: add "GET /" = "component"'],
  [API + SERVE + "routes = 'api'", '5:10: Wrong type for "routes" in [[serve]]: expected a table, found a string'],
  [API + SERVE + "[serve.routes]\n'GET /' = 1", '6:11: Wrong type for "GET /" in [serve.routes]: expected a string, found an integer'],
  [API + SERVE + "[serve.routes]\n'GET' = 'api'", '6:1: Cannot read route "GET": write "METHOD /path"'],
  [API + SERVE + "[serve.routes]\n'GET /' = 'api#'",
    '6:11: Cannot read the target of route "GET /": write "component", "component#action" or "dir:path", not "api#"'],
  [API + SERVE + "[serve.routes]\n'GET /' = 'apl#index'", '6:11: Unknown component "apl": did you mean "api"?'],
  [API + SERVE + "[serve.routes]\n'GET /:a' = 'api'\n'GET /:b' = 'api'",
    '7:1: Route "GET /:b" matches the same requests as "GET /:a": remove one of the two'],

  [API + SERVE + "[serve.routes]\n'GET /' = 'dir:a'", `6:1: Cannot read route "GET /": end the path of a "dir:" with "/*"`],

  // [serve.headers], [serve.cors], compression
  [API + SERVE + "component = 'api'\n[serve.headers]\n'a b' = 'x'\nConnection = 'x'\nA = 'x'\na = 'y'\nb = 'ü'\nc = 1",
    '7:1: Cannot set "a b" in [serve.headers]: it is no name of a header',
    `8:1: Cannot set "Connection" in [serve.headers]: it is the node's to set`,
    '10:1: Cannot set "a" in [serve.headers]: it is there already',
    '11:5: Cannot send "b" in [serve.headers]: write it in printable ASCII',
    '12:5: Wrong type for "c" in [serve.headers]: expected a string, found an integer'],
  [API + SERVE + "component = 'api'\ncors = {}", '6:8: Missing key in [serve.cors]: add "origins"'],
  [API + SERVE + "component = 'api'\n[serve.cors]\norigins = ['*']\nheaders = ['*']\ncredentials = true",
    '7:11: Cannot be "*" in [serve.cors]: "origins": with credentials, each of them has to be named',
    '8:11: Cannot be "*" in [serve.cors]: "headers": with credentials, each of them has to be named'],
  ...["a.example", "https://a.example/", "ftp://a.example", "https://a@b.example", "null"].map((origin) => [
    API + SERVE + `component = 'api'\n[serve.cors]\norigins = ['${origin}']`,
    `7:12: Cannot read an origin of "origins" in [serve.cors]: "${origin}": write scheme and host, such as "https://a.example", or "*"`,
  ] as const),
  [API + SERVE + "component = 'api'\n[serve.cors]\norigins = ['*']\nmethods = ['GET, PUT']\nmax_age_seconds = -1",
    '8:12: Cannot read a name of "methods" in [serve.cors]: "GET, PUT": write the name alone',
    '9:19: Out of range "max_age_seconds" in [serve.cors]: expected an integer from 0 to 86400, found -1'],
  [API + SERVE + "component = 'api'\ncompression = 'gzip'",
    '6:15: Wrong type for "compression" in [[serve]]: expected true, false or a list of codings, found a string'],
  [API + SERVE + "component = 'api'\ncompression = ['gzp']", '6:16: Unknown word for "compression" in [[serve]]: "gzp": did you mean "gzip"?'],

  // Authentication
  [API + SERVE + "component = 'api'\nauthentication = 'Keys'",
    '6:18: Cannot read the hook "authentication" in [[serve]]: "Keys": use lower-case letters, digits, "_" and "-", a letter first'],
  [API + SERVE + "component = 'api'\nauthentication = 'auth:keys'",
    '6:18: Cannot read the hook "authentication" in [[serve]]: "auth:keys": use lower-case letters, digits, "_" and "-", a letter first'],
  [API + SSE + "component = 'api'\nauthentication = true", '6:18: Wrong type for "authentication" in [[serve]]: expected a string, found a boolean'],
  [API + WS + "component = 'api'\nauthentication = 'a'\nauthentication_timeout_ms = 0",
    '7:29: Out of range "authentication_timeout_ms" in [[serve]]: expected an integer from 1 to 2147483647, found 0'],
  [API + SERVE + "component = 'api'\nauthentication = 'a'\nauthentication_challenge = 'a\u00e9'",
    `7:28: Cannot read the challenge "authentication_challenge" in [[serve]]: "a\u00e9": write a scheme and its parameters, such as 'Bearer realm="shop"'`],
  [API + SERVE + "component = 'api'\nauthentication_timeout_ms = 1\nauthentication_challenge = 'Bearer'",
    '6:29: Nobody to authenticate by in [[serve]]: add "authentication", the name of a hook',
    '7:28: Nobody to authenticate by in [[serve]]: add "authentication", the name of a hook'],
  ["[components.'auth:a']\n[components.auth-a]",
    '1:1: Cannot have [components.auth-a] beside the hook "a": both would be wasm/auth-a: name one of them otherwise'],
  ["[components.auth-a]\n" + SERVE + "component = 'auth-a'\nauthentication = 'a'",
    '2:1: Cannot have [components.auth-a] beside the hook "a": both would be wasm/auth-a: name one of them otherwise'],
  ["[components.'auth:a']\nresident = false", '2:12: Cannot start the hook [components."auth:a"] on demand: it is always resident: remove the key'],
  ["[components.'auth:a']\ndynamic = 'js'", '2:11: Cannot make a template of the hook [components."auth:a"]: remove "dynamic"'],
  ["[components.'auth:a']\n" + SERVE + "component = 'auth:a'", '5:13: Cannot serve the hook "auth:a": it is there to be asked: name it by "authentication"'],
  [SERVE + "[serve.routes]\n'GET /' = 'auth:a'", '5:11: Cannot serve the hook "auth:a": it is there to be asked: name it by "authentication"'],

  // [components.*]
  ["[components]\napi = 1", "2:7: Wrong type for [components.api]: expected a table, found an integer"],
  [API + "restart = 'always'", '2:1: Unknown key "restart" in [components.api]: known keys are capability, isolation, resident, entry, source, dynamic'],
  [API + "residents = true", '2:1: Unknown key "residents" in [components.api]: did you mean "resident"?'],
  [API + "resident = 'yes'", '2:12: Wrong type for "resident" in [components.api]: expected true or false, found a string'],
  [API + "entry = 1", '2:9: Wrong type for "entry" in [components.api]: expected a string, found an integer'],
  [API + "entry = ''", '2:9: Empty string for "entry" in [components.api]: expected at least one character'],
  [API + "isolation = 'dedicate'", '2:13: Unknown word for "isolation" in [components.api]: "dedicate": did you mean "dedicated"?'],
  [API + "isolation = true", '2:13: Wrong type for "isolation" in [components.api]: expected a string, found a boolean'],
  [API + "capability = 'sandbox'", '2:14: Unknown capability profile "sandbox": did you mean "sandboxed"?'],
  [API + "capability = 'x'", '2:14: Unknown capability profile "x": known profiles are sandboxed, network-client, trusted'],
  [CUSTOM + API + "capability = 'custon'", '3:14: Unknown capability profile "custon": did you mean "custom"?'],
  ["[components.Api]", '1:13: Cannot name a component "Api": use lower-case letters, digits, "_" and "-", a letter first'],
  ["[components.'../a']", '1:13: Cannot name a component "../a": use lower-case letters, digits, "_" and "-", a letter first'],
  ["[components.'']", '1:13: Cannot name a component "": use lower-case letters, digits, "_" and "-", a letter first'],

  // Code from elsewhere
  ...["ftp://x", "a.js", "url:x", "inline:1", "kv:b", "kv:/k", "kv:b/"].map((source) => [
    API + `source = '${source}'`,
    `2:10: Cannot read "source" in [components.api]: "${source}": write "kv:bucket/key", "https://…", "http://…" or "url:https://…"`,
  ] as const),
  [API + "source = 1", '2:10: Wrong type for "source" in [components.api]: expected a string, found an integer'],
  [API + "source = 'kv:b/k'", '2:10: No store for "source" in [components.api]: add "store" to [node]'],
  [API + "dynamic = 'wat'", '2:11: Unknown word for "dynamic" in [components.api]: "wat": expected one of js, wasm, wasi-cli'],
  [API + "dynamic = 'js'\nsource = 'http://a.test'\nresident = true\nentry = 'main'",
    '3:10: Both "dynamic" and "source" in [components.api]: a template has no code of its own: remove one of the two',
    '4:12: Both "dynamic" and "resident" in [components.api]: a template has no code of its own: remove one of the two',
    '5:9: Cannot choose "entry" with dynamic = "js" in [components.api]: only dynamic = "wasm" has one'],
  [API + "dynamic = 'wasi-cli'\nentry = 'main'",
    '3:9: Cannot choose "entry" with dynamic = "wasi-cli" in [components.api]: only dynamic = "wasm" has one'],
  [API + "dynamic = 'js'\n" + SERVE + "component = 'api'",
    '6:13: Cannot serve the template "api": it has no code of its own, and is only there for spawn-from'],
  [API + "dynamic = 'wasm'\n" + SERVE + "[serve.routes]\n'GET /' = 'api'\n'GET /a' = 'api#a'",
    '7:11: Cannot serve the template "api": it has no code of its own, and is only there for spawn-from',
    '8:12: Cannot serve the template "api": it has no code of its own, and is only there for spawn-from'],

  // [capabilities.*]
  ["[capabilities]\na = true", "2:5: Wrong type for [capabilities.a]: expected a table, found a boolean"],
  ["[capabilities.\"a\\nb\"]\nx = 1",
    '2:1: Unknown key "x" in [capabilities."a\\nb"]: known keys are inherits, allow-network, allow-spawn, ' +
    "allow-process-control, allow-stdio, allow-storage, max-memory-mb, max-cpu-ms, env, preopen"],
  ["[capabilities.trusted]", "1:15: Cannot replace a built-in profile: trusted: choose another name than sandboxed, network-client, trusted"],
  [CUSTOM + "inherits = 'other'\n[capabilities.other]",
    '2:12: Unknown word for "inherits" in [capabilities.custom]: "other": expected one of sandboxed, network-client, trusted'],
  [CUSTOM + "allow_spawn = true", '2:1: Unknown key "allow_spawn" in [capabilities.custom]: did you mean "allow-spawn"?'],
  [CUSTOM + "allow-spawn = 1", '2:15: Wrong type for "allow-spawn" in [capabilities.custom]: expected true or false, found an integer'],
  [CUSTOM + "allow-network = 'a'",
    '2:17: Wrong type for "allow-network" in [capabilities.custom]: expected true, false or a list of hosts, found a string'],
  [CUSTOM + "allow-network = ['a', 'http://b']",
    '2:23: Cannot read a host of "allow-network" in [capabilities.custom]: "http://b": write "host" or "host:port", without a scheme or a path'],
  [CUSTOM + "allow-network = [80]", '2:18: Wrong type for "allow-network" in [capabilities.custom]: expected a string, found an integer'],
  [CUSTOM + "max-memory-mb = 3", `2:17: Out of range "max-memory-mb" in [capabilities.custom]: ${FROM_4_TO_4096}, found 3`],
  [CUSTOM + "max-memory-mb = 4097", `2:17: Out of range "max-memory-mb" in [capabilities.custom]: ${FROM_4_TO_4096}, found 4097`],
  [CUSTOM + "max-cpu-ms = 0",
    '2:14: Out of range "max-cpu-ms" in [capabilities.custom]: expected an integer from 1 to 9007199254740991, found 0'],
  [CUSTOM + "env = 'A'", '2:7: Wrong type for "env" in [capabilities.custom]: expected a list of names, found a string'],
  [CUSTOM + "env = ['A=1']", '2:8: Cannot read a name of "env" in [capabilities.custom]: "A=1": write the name alone, without "=" or spaces'],

  // preopen
  [CUSTOM + "preopen = 'a'", '2:11: Wrong type for "preopen" in [capabilities.custom]: expected a list of tables, found a string'],
  [CUSTOM + "preopen = ['a']", '2:12: Wrong type for "preopen" in [capabilities.custom]: expected a table, found a string'],
  [CUSTOM + "preopen = [{ host = 'a', guest = [] }]",
    '2:34: Wrong type for "guest" in "preopen" in [capabilities.custom]: expected a string, found an array'],
  [CUSTOM + "preopen = [{}]",
    '2:12: Missing key in "preopen" in [capabilities.custom]: add "host"',
    '2:12: Missing key in "preopen" in [capabilities.custom]: add "guest"'],
  [CUSTOM + "preopen = [{ host = 'a', guest = '/a', readonly = true }]",
    '2:40: Unknown key "readonly" in "preopen" in [capabilities.custom]: did you mean "read-only"?'],
  [CUSTOM + "preopen = [{ host = 'a', guest = 'a' }]",
    '2:34: Relative path for "guest" in "preopen" in [capabilities.custom]: "a": start it with "/"'],
  [CUSTOM + "preopen = [{ host = 'a', guest = '/a' }, { host = 'b', guest = '/a/' }]",
    '2:11: Same guest path twice in "preopen" in [capabilities.custom]: choose one directory for "/a"'],
];

for (const [text, ...messages] of PROBLEMS) {
  Deno.test(`parseManifest() says ${messages[0]}`, () => {
    strictEqual(problemsOf(text), messages.join("\n"));
  });
}

Deno.test("parseManifest() tells every problem, in file order", () => {
  const text = `a = 1
[[serve]]
protocol = "http"
listen = "nowhere"
component = "api"
[components.API]
[log]
level = "loud"
`;
  const lines = problemsOf(text).split("\n").map((line) => parseInt(line));
  strictEqual(lines.join(), "1,4,5,6,8");
});

function problemsOf(text: string): string {
  let message = "";
  throws(() => parseManifest(text, "rusm.toml"), (error: Error) => {
    strictEqual(error.name, "ManifestError");
    message = error.message;
    return true;
  });
  return message.replaceAll(/^rusm\.toml:/gm, "");
}
