import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { TokenService } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { clientErrors } from "./errors.ts";

/** Gives a token that is good for a while; asked again before each connection. */
export type TokenSource = () => Promise<string>;

const EARLY_MS = 60_000;

/**
 * A guest's tokens from the edge's own issuer, refreshed when they grow old.
 * @param adminSecret makes them an admin's, on the machine that holds the secret
 */
export function issuedTokens(url: string, deviceId: string, adminSecret = ""): TokenSource {
  const issuer = createClient(TokenService, createConnectTransport({ baseUrl: url, useBinaryFormat: true }));
  let held: { token: string; refreshToken: string; expiresMs: number } | undefined;
  /** Makes this guest the same one again. */
  let deviceSecret = "";
  const issue = async () => {
    const issued = await issuer.issue({ deviceId, adminSecret, deviceSecret });
    ({ deviceSecret } = issued);
    return issued;
  };
  return async () => {
    if (held !== undefined && held.expiresMs - EARLY_MS > Date.now()) return held.token;
    try {
      held = held === undefined ? await issue() : await issuer.refresh({ refreshToken: held.refreshToken });
    } catch (refreshFailed) {
      held = await issue().catch((cause: unknown) => {
        throw new OrreryError(clientErrors.CLIENT_TOKEN, { given: url, cause: cause ?? refreshFailed });
      });
    }
    return held.token;
  };
}
