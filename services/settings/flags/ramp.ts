import { create } from "@bufbuild/protobuf";
import { type Flag, type Ramp, type ScheduleStep, ScheduleStepSchema } from "@orrery/schema/settings/v1";
import { OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";

const STEPS_MOST = 50;

/** A ramp as steps: the variant grows in equal parts, and the split's last other variant gives. @throws SETTINGS_FLAG_INVALID, SETTINGS_UNKNOWN_FLAG */
export function rampSteps(flag: Flag, ramp: Ramp): ScheduleStep[] {
  const { ruleId, variant, toWeight, steps, fromMs, untilMs } = ramp;
  const serve = flag.rules.find(({ id }) => id === ruleId)?.serve?.serve;
  const shares = serve?.case === "split" ? serve.value.shares : [];
  const own = shares.find((share) => share.variant === variant);
  const giver = shares.findLast((share) => share.variant !== variant);
  if (own === undefined || giver === undefined)
    throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_FLAG, {
      given: `a split of ${flag.key}/${ruleId} with ${JSON.stringify(variant)} and another variant`,
    });
  const gain = toWeight - own.weight;
  if (
    steps < 1 ||
    steps > STEPS_MOST ||
    !(untilMs >= fromMs) ||
    !Number.isFinite(fromMs + untilMs) ||
    gain > giver.weight
  )
    throw new OrreryError(settingsErrors.SETTINGS_FLAG_INVALID, {
      given: `${flag.key}: a ramp of 1..${STEPS_MOST} steps, forward in time, of at most the ${giver.weight} that ${giver.variant} can give`,
    });
  return Array.from({ length: steps }, (_, at) => {
    const grown = Math.round((gain * (at + 1)) / steps);
    const weights = shares.map((share) => ({
      variant: share.variant,
      weight: share === own ? own.weight + grown : share === giver ? giver.weight - grown : share.weight,
    }));
    const atMs = steps === 1 ? fromMs : fromMs + ((untilMs - fromMs) * at) / (steps - 1);
    const split = { serve: { case: "split", value: { shares: weights } } } as const;
    return create(ScheduleStepSchema, { atMs, patch: { ruleId, serve: split } });
  });
}
