import { join } from "node:path";
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, importSPKI } from "jose";
import { keptFile } from "./kept-file.ts";

export interface SigningKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

const ALGORITHM = "EdDSA";
const options = { extractable: true };

/** The development issuer's key pair: kept in the data folder, so that tokens outlive a restart and hold at each door. */
export async function signingKeys(folder: string | undefined): Promise<SigningKeys> {
  if (folder === undefined) return generateKeyPair(ALGORITHM, options);
  const text = await keptFile(join(folder, "issuer.pem"), async () => {
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, options);
    return `${(await exportPKCS8(privateKey)).trim()}\n\n${(await exportSPKI(publicKey)).trim()}\n`;
  });
  const [secret = "", open = ""] = text.split("\n\n");
  return {
    privateKey: await importPKCS8(secret, ALGORITHM, options),
    publicKey: await importSPKI(open, ALGORITHM, options),
  };
}
