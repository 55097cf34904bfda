import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("Blob", {
  "joins its parts": async () => {
    const blob = new Blob(["é", new Uint8Array([1, 2]), new Blob(["x"])], {
      type: "Text/Plain",
    });
    return [blob.size, blob.type, await blob.bytes()];
  },
  "copies what it is made of": async () => {
    const bytes = new Uint8Array([1]);
    const blob = new Blob([bytes]);
    bytes[0] = 9;
    return await blob.bytes();
  },
  "gives copies": async () => {
    const blob = new Blob(["a"]);
    (await blob.bytes())[0] = 9;
    return await blob.text();
  },
  "slices": async () => {
    const blob = new Blob(["hello"]);
    const texts = [
      blob.slice(1, 3),
      blob.slice(-2),
      blob.slice(3, 1),
      blob.slice(0, 99),
      blob.slice(),
      blob.slice(2, undefined, "a/B"),
    ].map(async (slice) => [await slice.text(), slice.type]);
    return await Promise.all(texts);
  },
  "refuses a type that is not printable": () =>
    new Blob([], { type: "\n" }).type,
  "refuses a part list that is no list": () => new Blob("x" as never),
  "refuses unknown endings": () => new Blob([], { endings: "x" as never }),
  "takes anything for text": async () =>
    await new Blob([1, null, {}] as never).text(),
  "turns line ends": async () =>
    await new Blob(["a\r\nb\rc\n"], { endings: "native" }).text(),
  "streams its bytes": async () => {
    const chunks = await Array.fromAsync(new Blob(["abc"]).stream());
    return chunks.flatMap((chunk) => [...chunk]);
  },
  "is a body": async () => {
    const response = new Response(new Blob(["x"], { type: "a/b" }));
    return [response.headers.get("content-type"), await response.text()];
  },
  "is what a body can be read as": async () => {
    const response = new Response("x", { headers: { "content-type": "a/b" } });
    const blob = await response.blob();
    return [blob.type, blob.size, String(blob)];
  },
});

testSame("File", {
  "is a blob with a name": async () => {
    const file = new File(["x"], "a/b.txt", { type: "a/b", lastModified: 7.9 });
    return [
      ...[file.name, file.lastModified, file.type, await file.text()],
      file instanceof Blob,
      String(file),
    ];
  },
  "needs a name": () => new (File as unknown as new (p: string[]) => File)([]),
  "needs parts": () => new File(undefined as never, "x"),
  "takes an invalid time for 0": () =>
    new File([], "x", { lastModified: NaN }).lastModified,
});

testSame("FormData", {
  "keeps fields in order": () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("b", "2");
    form.append("a", "3");
    form.set("b", "4");
    return [
      ...[[...form], form.get("a"), form.getAll("a"), form.has("c")],
      form.get("c"),
    ];
  },
  "set() replaces the first and drops the others": () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("b", "2");
    form.append("a", "3");
    form.set("a", "4");
    form.delete("b");
    return [...form];
  },
  "makes files of blobs": () => {
    const form = new FormData();
    form.append("a", new Blob(["x"], { type: "a/b" }));
    form.append("b", new File(["x"], "n"));
    form.append("c", new Blob(["x"]), "given");
    return [...form].map(([name, value]) => {
      const file = value as File;
      return [name, file.name, file.type, file.size];
    });
  },
  "refuses a form": () =>
    new (FormData as unknown as new (form: unknown) => FormData)({}),
  "refuses too few arguments": () =>
    (new FormData().append as (...args: unknown[]) => void)("a"),
  "goes through a body and back": async () => {
    const form = new FormData();
    form.append("a b", "1\r\n2");
    form.append("é", "ü");
    form.append("f", new File(["\0\r\n--x"], "ä.txt", { type: "a/b" }));
    const response = new Response(form);
    const type = response.headers.get("content-type")!;
    const back = await response.formData();
    const file = back.get("f") as File;
    return [
      ...[type.split(";")[0], back.get("a b"), back.get("é")],
      ...[file.name, file.type, await file.bytes()],
    ];
  },
  "is read from multipart": async () => {
    const text =
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' +
      '--x\r\ncontent-disposition: form-data; name="b"; filename="c"\r\nContent-Type: d/e\r\n\r\n\r\n--x--\r\n';
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const form = await new Response(text, { headers }).formData();
    const file = form.get("b") as File;
    return [form.get("a"), file.name, file.type, file.size];
  },
  "is read from urlencoded": async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const form = await new Response("a=1&b=%C3%A9+x&a=2", { headers })
      .formData();
    return [...form];
  },
  "is not read from anything else": async () =>
    await new Response("a=1").formData(),
  "is not read without a boundary": async () => {
    const headers = { "content-type": "multipart/form-data" };
    await new Response("--x--", { headers }).formData();
  },
  "iterators are of their own class": () => String(new FormData().keys()),
});

testDifferent("FormData", {
  "append() of text with a name of a file": {
    run: () => {
      const append = FormData.prototype.append as (...args: unknown[]) => void;
      return Promise.try(() => append.call(new FormData(), "a", "b", "c"))
        .catch((error) => error.name);
    },
    guest: "TypeError",
    why: "as WebIDL has it: only a blob has such a name",
  },
  "a quote in a name goes round": {
    run: async () => {
      const form = new FormData();
      form.append('a"b', "1");
      return (await new Response(form).formData()).get('a"b');
    },
    guest: "1",
    why: "as the HTML Standard says",
  },
  "is not read from what is cut off": {
    run: async () => {
      const headers = { "content-type": "multipart/form-data; boundary=x" };
      const text = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1';
      const form = new Response(text, { headers }).formData();
      return await form.then(() => "form", (error) => error.name);
    },
    guest: "TypeError",
    why: "as the Fetch Standard says: half a form is none",
  },
});
