/**
 * Makes the certificates of the tests anew, by `openssl`:
 *
 *     deno run -A wasm/wasi/p2/testdata/tls/make.ts
 *
 * One authority, and certificates of it: for this machine, for another, and one
 * whose time is over. All have the same key, and a hundred years.
 */

const HERE = new URL(".", import.meta.url);
const HERE_SAN = "DNS:localhost,IP:127.0.0.1,IP:::1";

async function openssl(...args: string[]): Promise<void> {
  const command = new Deno.Command("openssl", { args, cwd: HERE });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

const EXTENSIONS = [
  ...["-addext", "basicConstraints=critical,CA:TRUE"],
  ...["-addext", "keyUsage=critical,keyCertSign"],
];

await openssl(
  ...["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
  ...["-out", "key.pem"],
);
await openssl(
  ...["req", "-x509", "-key", "key.pem", "-subj", "/CN=Authority of the tests"],
  ...["-days", "36500", ...EXTENSIONS, "-out", "authority.pem"],
);

async function certify(name: string, san: string, ...time: string[]) {
  const extensions = `subjectAltName=${san}\nextendedKeyUsage=serverAuth\n`;
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, extensions);
  const request = `${file}.csr`;
  await openssl(
    ...["req", "-new", "-key", "key.pem", "-subj", `/CN=${name}`],
    ...["-out", request],
  );
  await openssl(
    ...["x509", "-req", "-in", request, "-CA", "authority.pem"],
    ...["-CAkey", "key.pem", "-extfile", file, ...time, "-out", `${name}.pem`],
  );
  await Deno.remove(file);
  await Deno.remove(request);
}

await certify("here", HERE_SAN, "-days", "36500");
await certify("elsewhere", "DNS:elsewhere.invalid", "-days", "36500");
await certify("expired", HERE_SAN, "-days", "-1");
