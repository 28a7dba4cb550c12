import { nkeys } from "@nats-io/transport-node";
import { createHash } from "node:crypto";

/** One account with JetStream, whose users come with tokens (JWT) that run out. */
export interface Accounts {
  /** Lines of the server's configuration. */
  readonly config: string;
  /** A user's token, good for so many seconds, and the seed it is answered with. */
  user(seconds: number): { readonly jwt: string; readonly seed: Uint8Array };
}

const text = new TextEncoder();
const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64url");
const UNLIMITED = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};
const STORAGE = {
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
  mem_max_stream_bytes: -1,
  disk_max_stream_bytes: -1,
};

/** A claim as nats-server takes it: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/jwt */
function signed(by: nkeys.KeyPair, about: nkeys.KeyPair, nats: object, expires?: number): string {
  const claims = {
    iat: Math.floor(Date.now() / 1_000),
    iss: by.getPublicKey(),
    sub: about.getPublicKey(),
    name: about.getPublicKey().slice(0, 6),
    ...(expires === undefined ? {} : { exp: expires }),
    nats: { ...nats, version: 2 },
  };
  const jti = createHash("sha256").update(JSON.stringify(claims)).digest("base64url");
  const head = base64url(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" }));
  const body = base64url(JSON.stringify({ jti, ...claims }));
  return `${head}.${body}.${base64url(by.sign(text.encode(`${head}.${body}`)))}`;
}

export function createAccounts(): Accounts {
  const operator = nkeys.createOperator();
  const [account, system] = [nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const operatorJwt = signed(operator, operator, {
    type: "operator",
    system_account: system.getPublicKey(),
  });
  const accountJwt = signed(operator, account, { type: "account", limits: { ...UNLIMITED, ...STORAGE } });
  const systemJwt = signed(operator, system, { type: "account", limits: UNLIMITED });
  return {
    config: [
      `operator: ${operatorJwt}`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      `resolver_preload: {`,
      `  ${account.getPublicKey()}: ${accountJwt}`,
      `  ${system.getPublicKey()}: ${systemJwt}`,
      "}",
    ].join("\n"),
    user(seconds) {
      const expires = Math.floor(Date.now() / 1_000) + seconds;
      const rights = { type: "user", pub: {}, sub: {}, subs: -1, data: -1, payload: -1 };
      return { jwt: signed(account, user, rights, expires), seed: user.getSeed() };
    },
  };
}
