import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as the issuer of a data folder would sign it, with any claims. */
export function signedToken(data: string, claims: Record<string, unknown>): string {
  const [pem = ""] = readFileSync(join(data, "router", "issuer.pem"), "utf8").split("\n\n");
  const now = Date.now() / 1000;
  const all = {
    iss: "orrery-development",
    aud: "orrery",
    sub: "player:p",
    iat: now,
    exp: Math.floor(now) + 600,
  };
  const said = `${encoded({ alg: "EdDSA" })}.${encoded({ ...all, role: "player", worlds: "*", ...claims })}`;
  return `${said}.${sign(null, Buffer.from(said), createPrivateKey(pem)).toString("base64url")}`;
}
