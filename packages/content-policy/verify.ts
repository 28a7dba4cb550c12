import type { PolicySnapshot } from "@orrery/schema/settings/v1";
import { OrreryError } from "@orrery/wire";
import { type CryptoKey, importJWK, type JSONWebKeySet } from "jose";
import { contentPolicyErrors } from "./errors.ts";
import { LEAST, type Levels } from "./levels.ts";
import { isSigned } from "./signing.ts";

/** Holds policies against settings' public keys. */
export interface PolicyVerifier {
  /** @throws CONTENT_POLICY_UNSIGNED, CONTENT_POLICY_EXPIRED, CONTENT_POLICY_KEY_UNKNOWN */
  verify(
    policy: PolicySnapshot,
    about: { readonly nowMs: number; readonly sessionId?: string },
  ): Promise<void>;
  /** What a generator may go up to: the policy's levels, or band `all` where it does not hold, and why. */
  levels(
    policy: PolicySnapshot | undefined,
    about: { readonly nowMs: number; readonly sessionId?: string },
  ): Promise<{ readonly levels: Levels; readonly refused?: OrreryError }>;
}

/** @param fetchKeys asks ContentService.Keys; asked again where a policy names a key that is not known yet */
export function policyVerifier(fetchKeys: () => Promise<string>): PolicyVerifier {
  let keys = new Map<string, CryptoKey>();

  async function keyOf(id: string): Promise<CryptoKey> {
    if (!keys.has(id)) keys = await read(await fetchKeys());
    const key = keys.get(id);
    if (key === undefined)
      throw new OrreryError(contentPolicyErrors.CONTENT_POLICY_KEY_UNKNOWN, { given: id });
    return key;
  }

  const verifier: PolicyVerifier = {
    async verify(policy, { nowMs, sessionId }) {
      const key = await keyOf(policy.keyId);
      if (!(await isSigned(policy, key)))
        throw new OrreryError(contentPolicyErrors.CONTENT_POLICY_UNSIGNED, { given: policy.policyId });
      if (nowMs >= policy.expiresMs || (sessionId !== undefined && sessionId !== policy.sessionId))
        throw new OrreryError(contentPolicyErrors.CONTENT_POLICY_EXPIRED, { given: policy.policyId });
    },
    async levels(policy, about) {
      if (policy === undefined) return { levels: LEAST };
      try {
        await verifier.verify(policy, about);
        return { levels: policy.levels };
      } catch (error) {
        if (!(error instanceof OrreryError)) throw error;
        return { levels: LEAST, refused: error };
      }
    },
  };
  return verifier;
}

async function read(jwks: string): Promise<Map<string, CryptoKey>> {
  const { keys } = JSON.parse(jwks) as JSONWebKeySet;
  const imported = keys.map(
    async (jwk): Promise<[string, CryptoKey]> => [
      jwk.kid ?? "",
      (await importJWK(jwk, "EdDSA")) as CryptoKey,
    ],
  );
  return new Map(await Promise.all(imported));
}
