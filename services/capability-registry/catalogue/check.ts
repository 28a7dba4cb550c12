import type { CheckResultInit, Directive, Feature } from "@orrery/schema/capability/v1";
import type { ErrorKind } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";
import { firstFallback } from "./fallbacks.ts";
import { nearest } from "./near.ts";
import { offerOf, type Place, refusal } from "./offer.ts";
import { settingsProblem } from "./parameters.ts";

/** Whether a directive can be shown there; if not, why, and what could. */
export function check(
  features: ReadonlyMap<string, Feature>,
  place: Place,
  { key, parameters }: Pick<Directive, "key" | "parameters">,
): CheckResultInit {
  const shown = key.slice(0, 80);
  const refused = ({ code, summary }: ErrorKind, given: string, fallback = "") => ({
    key: shown,
    ok: false,
    code,
    reason: `${summary}: ${given}`,
    fallback,
  });
  const feature = features.get(key);
  if (feature === undefined) {
    const near = nearest(key, features.keys());
    const given = near.length === 0 ? shown : `${shown}; nearest: ${near.join(", ")}`;
    return refused(capabilityErrors.CAPABILITY_UNKNOWN_FEATURE, given);
  }
  const why = refusal(feature, place);
  if (why !== undefined) {
    const isOffered = (other: string) => {
      const one = features.get(other);
      return one !== undefined && offerOf(one, place) !== undefined;
    };
    return refused(capabilityErrors.CAPABILITY_NOT_OFFERED, why, firstFallback(features, key, isOffered));
  }
  const problem = settingsProblem(offerOf(feature, place)?.parameters ?? [], parameters);
  if (problem !== undefined) return refused(capabilityErrors.CAPABILITY_PARAMETER, `${key}: ${problem}`);
  return { key, ok: true };
}
