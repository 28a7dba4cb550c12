import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { SignedSlotFile, SlotFile, type SlotFileInit } from "@orrery/schema/state/v1";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";

/** Signs slot files, and knows whose signatures count. */
export interface Signer {
  sign(file: SlotFileInit): Uint8Array;
  /** @throws STATE_IMPORT_SIGNATURE */
  open(bytes: Uint8Array): SlotFile;
}

/** An Ed25519 key of this deployment's own, PKCS #8. */
export function makeKey(): Uint8Array {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" });
}

/** @param trusted keys of other deployments, base64 of SPKI */
export function createSigner(key: Uint8Array, trusted: readonly string[]): Signer {
  const privateKey = createPrivateKey({ key: Buffer.from(key), format: "der", type: "pkcs8" });
  const own = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const known = new Set([own.toString("base64"), ...trusted]);
  const refused = (given: string) => new OrreryError(stateErrors.STATE_IMPORT_SIGNATURE, { given });
  return {
    sign(file) {
      const content = encodeBytes(SlotFile, file);
      return encodeBytes(SignedSlotFile, {
        content,
        signature: new Uint8Array(sign(null, content, privateKey)),
        publicKey: new Uint8Array(own),
      });
    },
    open(bytes) {
      let file: SignedSlotFile;
      try {
        file = SignedSlotFile.decode(bytes);
      } catch {
        throw refused("no slot file");
      }
      const publicKey = Buffer.from(file.publicKey);
      if (!known.has(publicKey.toString("base64"))) throw refused("the key is not known here");
      const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
      if (!verify(null, file.content, key, file.signature)) throw refused("the content was changed");
      return SlotFile.decode(file.content);
    },
  };
}
