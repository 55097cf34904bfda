import { checkRule } from "./check_rule.ts";

checkRule("no-console", [
  ["otp/a.ts", "console.log(1);", "Cannot print from otp: console"],
  ["wasm/a.ts", "f(console);", "Cannot print from wasm: console"],
  ["cluster/a.ts", "console['log'];", "Cannot print from cluster: console"],
  ["serve/a.ts", "console.error(1);", "Cannot print from serve: console"],
  ["serve/a.ts", "a.console; const console = 1; f(console);"],
  ["serve/a_test.ts", "console.log(1);"],
  ["cli/a.ts", "console.log(1);"],
  ["bench/a.ts", "console.log(1);"],
]);
