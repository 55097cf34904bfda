import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("crypto.subtle", {
  "digests": async () => {
    const data = new TextEncoder().encode("abc");
    const hashes = ["SHA-1", "SHA-256", "sha-384", { name: "SHA-512" }];
    return await Promise.all(
      hashes.map(async (hash) =>
        new Uint8Array(await crypto.subtle.digest(hash, data)).toHex()
      ),
    );
  },
  "digest() refuses an unknown hash": async () =>
    await crypto.subtle.digest("MD5", new Uint8Array()),
  "digest() refuses what is no bytes": async () =>
    await crypto.subtle.digest("SHA-256", "x" as never),
  "HMAC signs and verifies": async () => {
    const key = await crypto.subtle.importKey(
      "raw",
      new Uint8Array(32).fill(1),
      { name: "HMAC", hash: "SHA-256" },
      false,
      [
        "sign",
        "verify",
      ],
    );
    const data = new TextEncoder().encode("hello");
    const signature = await crypto.subtle.sign("HMAC", key, data);
    return [
      new Uint8Array(signature).toHex(),
      await crypto.subtle.verify("HMAC", key, signature, data),
      await crypto.subtle.verify("HMAC", key, new Uint8Array(32), data),
      ...[key.type, key.extractable, key.usages, key.algorithm, String(key)],
    ];
  },
  "AES-GCM encrypts and decrypts": async () => {
    const raw = new Uint8Array(16).fill(2);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", true, [
      "encrypt",
      "decrypt",
    ]);
    const algorithm = {
      name: "AES-GCM",
      iv: new Uint8Array(12),
      additionalData: new Uint8Array([1, 2]),
    };
    const data = new TextEncoder().encode("secret");
    const sealed = await crypto.subtle.encrypt(algorithm, key, data);
    const opened = await crypto.subtle.decrypt(algorithm, key, sealed);
    const broken = await crypto.subtle.decrypt(
      algorithm,
      key,
      new Uint8Array(sealed.byteLength),
    ).catch((error) => [error instanceof DOMException, error.name]);
    return [
      new Uint8Array(sealed).toHex(),
      new TextDecoder().decode(opened),
      broken,
      new Uint8Array(await crypto.subtle.exportKey("raw", key)),
      await crypto.subtle.exportKey("jwk", key),
    ];
  },
  "AES-CBC and AES-CTR go round": async () => {
    const raw = new Uint8Array(32).fill(3);
    const data = new TextEncoder().encode("0123456789abcdef0");
    const algorithms = [
      { name: "AES-CBC", iv: new Uint8Array(16) },
      { name: "AES-CTR", counter: new Uint8Array(16), length: 64 },
    ];
    return await Promise.all(algorithms.map(async (algorithm) => {
      const key = await crypto.subtle.importKey("raw", raw, algorithm, false, [
        "encrypt",
        "decrypt",
      ]);
      const sealed = await crypto.subtle.encrypt(algorithm, key, data);
      const opened = await crypto.subtle.decrypt(algorithm, key, sealed);
      return [
        new Uint8Array(sealed).toHex(),
        new TextDecoder().decode(opened),
      ];
    }));
  },
  "ECDSA pairs sign and verify": async () => {
    const results: unknown[] = [];
    for (const namedCurve of ["P-256", "P-384"]) {
      const { publicKey, privateKey } = await crypto.subtle.generateKey(
        { name: "ECDSA", namedCurve },
        false,
        ["sign", "verify"],
      );
      const algorithm = { name: "ECDSA", hash: "SHA-256" };
      const data = new Uint8Array([1, 2, 3]);
      const signature = await crypto.subtle.sign(algorithm, privateKey, data);
      const spki = await crypto.subtle.exportKey("spki", publicKey);
      const again = await crypto.subtle.importKey(
        "spki",
        spki,
        { name: "ECDSA", namedCurve },
        true,
        [
          "verify",
        ],
      );
      results.push(
        await crypto.subtle.verify(algorithm, again, signature, data),
        [privateKey.extractable, publicKey.extractable, publicKey.algorithm],
        [privateKey.usages, publicKey.usages],
        await crypto.subtle.exportKey("pkcs8", privateKey).catch((e) => e.name),
      );
    }
    return results;
  },
  "Ed25519 signs alike": async () => {
    const pkcs8 = Uint8Array.fromHex(
      "302e020100300506032b657004220420" + "07".repeat(32),
    );
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, [
      "sign",
    ]);
    const signature = await crypto.subtle.sign(
      "Ed25519",
      key,
      new Uint8Array(3),
    );
    return [
      new Uint8Array(signature).toHex(),
      await crypto.subtle.exportKey("jwk", key),
    ];
  },
  "HKDF and PBKDF2 derive": async () => {
    const raw = new TextEncoder().encode("password");
    const salt = new Uint8Array(8);
    const hkdf = await crypto.subtle.importKey("raw", raw, "HKDF", false, [
      "deriveBits",
    ]);
    const pbkdf2 = await crypto.subtle.importKey("raw", raw, "PBKDF2", false, [
      "deriveBits",
      "deriveKey",
    ]);
    const bits = await crypto.subtle.deriveBits(
      {
        name: "HKDF",
        hash: "SHA-256",
        salt,
        info: new Uint8Array(),
      },
      hkdf,
      128,
    );
    const algorithm = {
      ...{ name: "PBKDF2", hash: "SHA-512", salt },
      iterations: 10,
    };
    const key = await crypto.subtle.deriveKey(
      algorithm,
      pbkdf2,
      { name: "AES-GCM", length: 256 },
      true,
      ["encrypt"],
    );
    return [
      new Uint8Array(bits).toHex(),
      new Uint8Array(await crypto.subtle.exportKey("raw", key)).toHex(),
      key.algorithm,
    ];
  },
  "RSA signatures are verified": async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(
      {
        ...{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 1024 },
        publicExponent: new Uint8Array([1, 0, 1]),
      },
      true,
      ["sign", "verify"],
    );
    const data = new Uint8Array(5);
    const signature = await crypto.subtle.sign(
      "RSASSA-PKCS1-v1_5",
      privateKey,
      data,
    );
    const jwk = await crypto.subtle.exportKey("jwk", publicKey);
    return [
      await crypto.subtle.verify(
        "RSASSA-PKCS1-v1_5",
        publicKey,
        signature,
        data,
      ),
      publicKey.algorithm,
      [jwk.kty, jwk.alg, jwk.e, jwk.ext, jwk.key_ops],
    ];
  },
  "keys of another algorithm are refused": async () => {
    const key = await crypto.subtle.generateKey(
      { name: "AES-GCM", length: 128 },
      false,
      ["encrypt"],
    );
    return await crypto.subtle.encrypt(
      { name: "AES-CBC", iv: new Uint8Array(16) },
      key,
      new Uint8Array(1),
    );
  },
  "keys are used for what they are for": async () => {
    const key = await crypto.subtle.generateKey(
      { name: "AES-GCM", length: 128 },
      false,
      ["encrypt"],
    );
    const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
    return await crypto.subtle.decrypt(algorithm, key, new Uint8Array(32));
  },
  "a key needs usages": async () =>
    await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, []),
  "importKey() refuses a key of a wrong length": async () =>
    await crypto.subtle.importKey("raw", new Uint8Array(5), "AES-GCM", true, [
      "encrypt",
    ]),
  "importKey() refuses an unknown algorithm": async () =>
    await crypto.subtle.importKey("raw", new Uint8Array(16), "nope", true, []),
  "a key is not made by hand": () =>
    new (CryptoKey as unknown as new () => CryptoKey)(),
  "nothing else is a key": async () =>
    await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: new Uint8Array(12) },
      {} as CryptoKey,
      new Uint8Array(1),
    ),
  "needs its arguments": async () =>
    await (crypto.subtle.digest as unknown as () => Promise<unknown>)(),
  "wraps and unwraps": async () => {
    const using = await crypto.subtle.importKey(
      "raw",
      new Uint8Array(16),
      "AES-GCM",
      false,
      ["wrapKey", "unwrapKey"],
    );
    const key = await crypto.subtle.importKey(
      "raw",
      new Uint8Array(16).fill(9),
      "AES-CBC",
      true,
      ["encrypt"],
    );
    const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
    const wrapped = await crypto.subtle.wrapKey("raw", key, using, algorithm);
    const back = await crypto.subtle.unwrapKey(
      "raw",
      wrapped,
      using,
      algorithm,
      "AES-CBC",
      true,
      [
        "encrypt",
      ],
    );
    return [
      new Uint8Array(wrapped).toHex(),
      new Uint8Array(await crypto.subtle.exportKey("raw", back)),
    ];
  },
});

testDifferent("crypto.subtle", {
  "PBKDF2 is bounded": {
    run: async () => {
      const key = await crypto.subtle.importKey(
        "raw",
        new Uint8Array(1),
        "PBKDF2",
        false,
        ["deriveBits"],
      );
      const iterations = 10_000_001;
      const bits = crypto.subtle.deriveBits(
        {
          name: "PBKDF2",
          hash: "SHA-1",
          salt: new Uint8Array(),
          iterations,
        },
        key,
        8,
      );
      return await bits.then(() => "bits", (error) => error.name);
    },
    guest: "OperationError",
    why: "a derivation keeps a thread of the node, and cannot be ended",
  },
});
