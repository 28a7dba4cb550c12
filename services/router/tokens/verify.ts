import { createRemoteJWKSet, errors as jose, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { OrreryError } from "@orrery/wire";
import type { RouterConfig } from "../config.ts";
import { routerErrors } from "../errors.ts";
import type { Claims } from "./claims.ts";
import type { SigningKeys } from "./keys.ts";

export const DEVELOPMENT_ISSUER = "orrery-development";
export const LONGEST_LIFE_S = 3_600;
const SKEW_S = 30;
const ALGORITHMS = ["EdDSA", "ES256"];
const JWKS_FRESH_MS = 600_000;

/** @throws ROUTER_TOKEN_MISSING, _INVALID, _EXPIRED, _SIGNATURE, _AUDIENCE */
export type Verify = (token: string) => Promise<Claims>;

export function tokenVerifier(
  config: RouterConfig,
  keys: SigningKeys | undefined,
  now: () => number,
): Verify {
  const foreign: JWTVerifyGetKey | undefined =
    config.jwksUrl === ""
      ? undefined
      : createRemoteJWKSet(new URL(config.jwksUrl), { cacheMaxAge: JWKS_FRESH_MS });
  const issuers = [keys && DEVELOPMENT_ISSUER, config.issuer].filter(
    (issuer) => issuer !== undefined && issuer !== "",
  ) as string[];

  return async (token) => {
    if (token === "") throw new OrreryError(routerErrors.ROUTER_TOKEN_MISSING);
    try {
      const { payload } = await jwtVerify(
        token,
        (header, jws) => {
          if (jws.payload !== undefined && issuerOf(token) === DEVELOPMENT_ISSUER && keys !== undefined)
            return keys.publicKey;
          if (foreign !== undefined) return foreign(header, jws);
          throw new jose.JWSSignatureVerificationFailed();
        },
        {
          algorithms: ALGORITHMS,
          issuer: issuers,
          audience: config.audience,
          clockTolerance: SKEW_S,
          currentDate: new Date(now()),
          requiredClaims: ["sub", "exp", "iat"],
        },
      );
      return claimsOf(payload, now());
    } catch (cause) {
      throw refusal(cause);
    }
  };
}

function issuerOf(token: string): string {
  const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as JWTPayload;
  return payload.iss ?? "";
}

const invalid = (given: string, cause?: unknown) =>
  new OrreryError(routerErrors.ROUTER_TOKEN_INVALID, { given, cause });

function claimsOf(payload: JWTPayload, nowMs: number): Claims {
  const { sub = "", exp = 0, iat = 0 } = payload;
  if (sub === "") throw invalid("claim sub is empty");
  if (iat * 1000 > nowMs + SKEW_S * 1000) throw invalid("claim iat is in the future");
  if (exp - iat > LONGEST_LIFE_S) throw invalid(`lives ${exp - iat} s, at most ${LONGEST_LIFE_S}`);
  const words = (value: unknown) => {
    const all: unknown[] = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
    return all.filter((word): word is string => typeof word === "string" && word !== "");
  };
  return {
    player: sub,
    role: payload["role"] === "admin" ? "admin" : "player",
    scopes: words(payload["scope"]),
    worlds: words(payload["worlds"]),
    expiresMs: exp * 1000,
    // To the microsecond: in doubles of seconds there are none finer.
    issuedMs: Math.round(iat * 1e6) / 1e3,
  };
}

function refusal(cause: unknown): OrreryError {
  if (cause instanceof OrreryError) return cause;
  if (cause instanceof jose.JWTExpired) return new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { cause });
  if (cause instanceof jose.JWTClaimValidationFailed) {
    const { claim, reason } = cause;
    if (reason === "missing") return invalid(`claim ${claim} is missing`, cause);
    if (claim === "aud" || claim === "iss") {
      const { ROUTER_TOKEN_AUDIENCE, ROUTER_TOKEN_SIGNATURE } = routerErrors;
      const kind = claim === "aud" ? ROUTER_TOKEN_AUDIENCE : ROUTER_TOKEN_SIGNATURE;
      return new OrreryError(kind, { given: `claim ${claim}`, cause });
    }
    return invalid(claim === "nbf" ? "claim nbf: it is not valid yet" : `claim ${claim}`, cause);
  }
  if (
    cause instanceof jose.JWSSignatureVerificationFailed ||
    cause instanceof jose.JWKSNoMatchingKey ||
    cause instanceof jose.JOSEAlgNotAllowed
  ) {
    return new OrreryError(routerErrors.ROUTER_TOKEN_SIGNATURE, { cause });
  }
  return new OrreryError(routerErrors.ROUTER_TOKEN_INVALID, { cause });
}
