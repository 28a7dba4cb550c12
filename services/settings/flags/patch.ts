import { create } from "@bufbuild/protobuf";
import { type Flag, type FlagPatch, FlagSchema, type ScheduleStep } from "@orrery/schema/settings/v1";
import type { FlagSet } from "@orrery/flags";
import { OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";
import { checkFlag } from "./check.ts";
import { laidOut } from "./lay.ts";

/** A flag as a step of its schedule leaves it. @throws what checkFlag throws */
export function patched(flag: Flag, patch: FlagPatch | undefined, set: FlagSet): Flag {
  const { enabled, defaultVariant, ruleId = "", serve } = patch ?? {};
  if (ruleId !== "" && !flag.rules.some(({ id }) => id === ruleId))
    throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_FLAG, {
      given: `rule ${JSON.stringify(ruleId)} of ${flag.key}`,
    });
  const next = create(FlagSchema, {
    ...flag,
    enabled: enabled ?? flag.enabled,
    defaultVariant: defaultVariant ?? flag.defaultVariant,
    rules: flag.rules.map((rule) => (rule.id === ruleId && serve !== undefined ? { ...rule, serve } : rule)),
  });
  checkFlag(next, set);
  return laidOut(next, flag);
}

const STEPS_MOST = 100;

/** Whether all steps that are not done yet can be done one after the other. @throws SETTINGS_FLAG_INVALID, and what a step throws */
export function checkSchedule(flag: Flag, set: FlagSet): void {
  const steps = flag.schedule.slice(flag.scheduleDone);
  if (flag.schedule.length > STEPS_MOST)
    throw new OrreryError(settingsErrors.SETTINGS_FLAG_INVALID, {
      given: `${flag.key}: at most ${STEPS_MOST} steps`,
    });
  const late = steps.findIndex(
    ({ atMs }: ScheduleStep, at) =>
      !Number.isFinite(atMs) || atMs < (steps[at - 1]?.atMs ?? Number.NEGATIVE_INFINITY),
  );
  if (late >= 0)
    throw new OrreryError(settingsErrors.SETTINGS_FLAG_INVALID, {
      given: `${flag.key}: step ${late + 1} is before the one ahead of it`,
    });
  steps.reduce((present, { patch }) => patched(present, patch, set), flag);
}
