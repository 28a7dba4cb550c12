import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, importSPKI } from "jose";

export interface SigningKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

const ALGORITHM = "EdDSA";

/** The development issuer's key pair: kept in the data folder, so that tokens outlive a restart. */
export async function signingKeys(folder: string | undefined): Promise<SigningKeys> {
  const file = folder === undefined ? undefined : join(folder, "issuer.pem");
  if (file !== undefined && existsSync(file)) {
    const [secret = "", open = ""] = readFileSync(file, "utf8").split("\n\n");
    const options = { extractable: true };
    return {
      privateKey: await importPKCS8(secret, ALGORITHM, options),
      publicKey: await importSPKI(open, ALGORITHM, options),
    };
  }
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  if (folder !== undefined && file !== undefined) {
    mkdirSync(folder, { recursive: true });
    const text = `${(await exportPKCS8(pair.privateKey)).trim()}\n\n${(await exportSPKI(pair.publicKey)).trim()}\n`;
    writeFileSync(file, text, { mode: 0o600 });
  }
  return pair;
}
