import { type PolicySnapshotInit, PolicySnapshot } from "@orrery/schema/settings/v1";
import { encodeBytes } from "@orrery/wire";
import { type CryptoKey, FlattenedSign, flattenedVerify } from "jose";

const ALGORITHM = "EdDSA";

/** What is signed: the snapshot's own bytes without its signature, the fields in their order. */
const signedBytes = (snapshot: PolicySnapshotInit): Uint8Array =>
  encodeBytes(PolicySnapshot, { ...snapshot, signature: new Uint8Array() });

const headerOf = (keyId: string) => ({ alg: ALGORITHM, b64: false, crit: ["b64"], kid: keyId });

/** @param snapshot with the key's id in it @returns the signature, 64 bytes */
export async function signPolicy(snapshot: PolicySnapshotInit, key: CryptoKey): Promise<Uint8Array> {
  const { signature } = await new FlattenedSign(signedBytes(snapshot))
    .setProtectedHeader(headerOf(snapshot.keyId ?? ""))
    .sign(key);
  return new Uint8Array(Buffer.from(signature, "base64url"));
}

export async function isSigned(snapshot: PolicySnapshotInit, key: CryptoKey): Promise<boolean> {
  const header = JSON.stringify(headerOf(snapshot.keyId ?? ""));
  const jws = {
    protected: Buffer.from(header).toString("base64url"),
    payload: signedBytes(snapshot),
    signature: Buffer.from(snapshot.signature ?? []).toString("base64url"),
  };
  return flattenedVerify(jws, key, { algorithms: [ALGORITHM] }).then(
    () => true,
    () => false,
  );
}
