import { testSame } from "../../testdata/same.ts";

async function goRound(format: CompressionFormat): Promise<unknown> {
  const bytes = new Uint8Array(200_000).map((_, index) => index * index);
  const through = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream(format))
    .pipeThrough(new DecompressionStream(format));
  const back = new Uint8Array(await new Response(through).arrayBuffer());
  return [
    back.length,
    back.every((byte, index) => byte === bytes[index]),
  ];
}

for (const format of ["gzip", "deflate", "deflate-raw", "brotli"]) {
  const run = Function(
    `return (${goRound})(${JSON.stringify(format)})`,
  ) as () => unknown;
  testSame(`CompressionStream ${format}`, { "goes round": run });
}

testSame("DecompressionStream", {
  "reads what others wrote": async () => {
    const gzip = "1f8b08000000000000034bcc4aaccc4f0400e5d9b1b006000000";
    const stream = new Blob([Uint8Array.fromHex(gzip)]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).text().then((text) => text.length);
  },
  "refuses what is cut off": async () => {
    const whole = await new Response(
      new Blob(["hello"]).stream().pipeThrough(new CompressionStream("gzip")),
    ).bytes();
    const cut = new Blob([whole.slice(0, -4)]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    await new Response(cut).text();
  },
  "refuses more behind the end": async () => {
    const whole = await new Response(
      new Blob(["hello"]).stream().pipeThrough(
        new CompressionStream("deflate"),
      ),
    ).bytes();
    const more = new Blob([whole, "x"]).stream()
      .pipeThrough(new DecompressionStream("deflate"));
    await new Response(more).text();
  },
  "refuses nonsense": async () => {
    const stream = new Blob(["nonsense"]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    await new Response(stream).text();
  },
  "refuses an unknown format": () => new DecompressionStream("x" as never),
  "refuses no format": () =>
    new (CompressionStream as unknown as new () => unknown)(),
  "refuses chunks that are no bytes": async () => {
    const { readable, writable } = new CompressionStream("gzip");
    const reading = new Response(readable).text().catch((e) => e.name);
    const writing = writable.getWriter().write("x" as never)
      .catch((e) => e.name);
    return [await writing, await reading];
  },
  "is tagged": () => String(new CompressionStream("gzip")),
});
