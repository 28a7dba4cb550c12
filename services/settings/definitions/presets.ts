import type { PresetInit } from "@orrery/schema/settings/v1";

const on = (key: string) => ({ key, value: { kind: { case: "boolValue", value: true } as const } });
const named = (key: string, value: string) => ({
  key,
  value: { kind: { case: "stringValue", value } as const },
});
const scale = (value: number) => ({
  key: "accessibility.text_scale",
  value: { kind: { case: "doubleValue", value } as const },
});

/** Accessibility in one step: ordinary values, editable one by one. */
export const PRESETS: readonly PresetInit[] = [
  {
    name: "low-vision",
    values: [
      scale(1.6),
      named("accessibility.contrast", "high"),
      named("subtitles.size", "huge"),
      on("accessibility.screen_reader"),
    ],
  },
  {
    name: "motion-sensitive",
    values: [on("accessibility.reduced_motion"), on("accessibility.hold_to_toggle")],
  },
  { name: "one-handed", values: [on("accessibility.one_handed"), on("accessibility.hold_to_toggle")] },
  {
    name: "hard-of-hearing",
    values: [on("subtitles.enabled"), on("subtitles.speaker_names"), named("subtitles.size", "large")],
  },
];
