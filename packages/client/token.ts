import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { TokenService } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { clientErrors } from "./errors.ts";
import { machine } from "./surroundings.ts";
import { lifeOf } from "./token-life.ts";

/**
 * Gives a token that is good for a while; asked before each connection, and again before the token ends.
 * `fresh` says that the last one was refused or ends soon: one that is held must not be given again.
 * An error that is not retryable ends the client, any other is met with another try.
 */
export type TokenSource = (asked: { readonly fresh: boolean }) => Promise<string>;

/** Where a guest's secret is kept, so that it is the same guest at the next start; whoever has it is this guest. */
export interface GuestSecret {
  /** Empty: a new guest. */
  load(): string;
  save(secret: string): void;
}

const EARLY_MS = 60_000;
/** An issuer that says one of these would say it again. */
const FINAL: readonly Code[] = [
  Code.InvalidArgument,
  Code.NotFound,
  Code.PermissionDenied,
  Code.FailedPrecondition,
  Code.Unimplemented,
  Code.Unauthenticated,
];

/**
 * A guest's tokens from the edge's own issuer, refreshed when they grow old.
 * @param adminSecret makes them an admin's, on the machine that holds the secret
 * @param guest default: as long as this source is held
 * @throws CLIENT_TOKEN when the issuer refuses, CLIENT_UNREACHABLE when none answers
 */
export function issuedTokens(
  url: string,
  deviceId: string,
  adminSecret = "",
  guest: GuestSecret = heldSecret(),
): TokenSource {
  const baseUrl = url.replace(/\/+$/, "");
  const issuer = createClient(TokenService, createConnectTransport({ baseUrl, useBinaryFormat: true }));
  let held: { readonly token: string; readonly refreshToken: string; readonly untilMs: number } | undefined;

  function keep({
    token,
    refreshToken,
    expiresMs,
  }: Omit<typeof held & {}, "untilMs"> & { expiresMs: number }) {
    // By the length of the token's life, not by its end: this machine's clock may be hours apart from the edge's.
    const lifeMs = lifeOf(token) ?? expiresMs - Date.now();
    held = { token, refreshToken, untilMs: machine.now() + lifeMs - EARLY_MS };
    return token;
  }

  return async ({ fresh }) => {
    if (held !== undefined && !fresh && machine.now() < held.untilMs) return held.token;
    const { refreshToken } = held ?? {};
    held = undefined;
    if (refreshToken !== undefined) {
      // A refresh token that was used or revoked is no reason to stay away: a new one is issued.
      const refreshed = await issuer.refresh({ refreshToken }).catch((error: unknown) => {
        if (FINAL.includes(ConnectError.from(error).code)) return undefined;
        held = { token: "", refreshToken, untilMs: 0 };
        throw refused(url, error);
      });
      if (refreshed !== undefined) return keep(refreshed);
    }
    const asked = { deviceId, adminSecret, deviceSecret: guest.load() };
    const issued = await issuer.issue(asked).catch((error: unknown) => {
      throw refused(url, error);
    });
    if (issued.deviceSecret !== "") guest.save(issued.deviceSecret);
    return keep(issued);
  };
}

function heldSecret(): GuestSecret {
  let held = "";
  return {
    load: () => held,
    save(secret) {
      held = secret;
    },
  };
}

function refused(url: string, cause: unknown): OrreryError {
  const { code, rawMessage } = ConnectError.from(cause);
  return new OrreryError(FINAL.includes(code) ? clientErrors.CLIENT_TOKEN : clientErrors.CLIENT_UNREACHABLE, {
    given: `${url}: ${rawMessage}`,
    cause,
  });
}
