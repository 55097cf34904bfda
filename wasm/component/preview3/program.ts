/**
 * What runs the generator. It is text, since the process that runs it may read
 * nothing but the generator.
 *
 * @module
 */

/**
 * A program: its arguments are the URL of the generator and its options, its
 * input is a component. It writes names and contents of the files, the latter
 * as base64.
 */
export const PROGRAM = `
const [entry, options] = Deno.args;
const { $init, generate } = await import(entry);
await $init;
const input = await new Response(Deno.stdin.readable).arrayBuffer();
const { files } = generate(new Uint8Array(input), JSON.parse(options));
const texts = files.map(([name, bytes]) => [name, new Uint8Array(bytes).toBase64()]);
const output = new TextEncoder().encode(JSON.stringify(texts));
for (let at = 0; at < output.length;) {
  at += Deno.stdout.writeSync(output.subarray(at));
}
`;
