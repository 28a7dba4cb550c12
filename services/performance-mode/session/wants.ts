import { DeviceClass, type KeptPolicy, type Mode, Preset, type Profile } from "@orrery/schema/performance/v1";
import { type Key, ruleCalled } from "../matrix/fields.ts";

/** What of a profile, and of what its player may be shown, decides about a session: small, since each has one. */
export interface Wants {
  readonly mode: Mode;
  readonly preset: Preset | undefined;
  readonly isAuto: boolean;
  readonly targetFps: number | undefined;
  readonly benchmark: Preset | undefined;
  readonly overrides: ReadonlyMap<Key, number>;
  readonly policy: ReadonlyMap<Key, number>;
  readonly deviceClass: DeviceClass;
  readonly engine: string;
  /** Of the profile. */
  readonly revision: number;
}

const NOTHING: ReadonlyMap<Key, number> = new Map();

const classOf = (profile: Profile): DeviceClass => profile.hardware?.deviceClass || DeviceClass.DESKTOP;

/** @param revision if it is to be another than the profile's */
export function wantsOf(
  profile: Profile,
  policy: KeptPolicy | undefined,
  revision: number = profile.revision,
): Wants {
  return {
    mode: profile.mode,
    preset: profile.preset === Preset.UNSPECIFIED ? undefined : profile.preset,
    isAuto: profile.auto,
    targetFps: profile.targetFps === 0 ? undefined : profile.targetFps,
    benchmark: profile.benchmark?.preset || undefined,
    overrides: byKey(profile.overrides),
    policy: byKey(policy?.most ?? []),
    deviceClass: classOf(profile),
    engine: profile.hardware?.engineVersion ?? "",
    revision,
  };
}

function byKey(of: readonly { readonly field: string; readonly value: number }[]): ReadonlyMap<Key, number> {
  if (of.length === 0) return NOTHING;
  return new Map(
    of.flatMap(({ field, value }) => {
      const key = ruleCalled(field)?.key;
      return key === undefined ? [] : [[key, value] as const];
    }),
  );
}
