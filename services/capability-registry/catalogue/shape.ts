import { Category, Channel, ParameterKind, Preset } from "@orrery/schema/capability/v1";
import { z } from "zod";

const words = <T extends Readonly<Record<string, number>>>(values: T) =>
  z
    .enum(
      Object.keys(values)
        .filter((name) => name !== "UNSPECIFIED")
        .map((name) => name.toLowerCase()) as [string, ...string[]],
    )
    .transform((word) => values[word.toUpperCase()] as T[keyof T] & number);

/** A version may be written without quotes: `5.7` would be read as a number. */
const version = z.string({ error: 'a version like 5.6.1, or "5.7.0" in quotes' });
const preset = words(Preset);
const amount = z.number().min(0);

const parameter = z.strictObject({
  name: z.string(),
  kind: words(ParameterKind),
  default: z.union([z.boolean(), z.number(), z.string()]).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string()).default([]),
});

const cost = z.strictObject({ gpu_ms: amount, cpu_ms: amount, memory_mb: amount });

const available = z
  .strictObject({
    since: version.optional(),
    ranges: z.array(z.strictObject({ introduced: version, removed: version.default("") })).optional(),
    enhanced: z
      .array(z.strictObject({ version, what: z.string(), parameters: z.array(parameter).default([]) }))
      .default([]),
    deprecated: version.default(""),
    experimental_until: version.default(""),
    platforms: z.array(z.string()).default([]),
    least: preset,
    cost: z.record(z.string(), cost).default({}),
  })
  .refine(({ since, ranges }) => (since === undefined) !== (ranges === undefined), {
    error: "say `since`, or `ranges`",
  });

/** A feature as its file has it. */
export const featureShape = z.strictObject({
  key: z.string(),
  category: words(Category),
  title: z.string(),
  description: z.string().default(""),
  docs: z.string().default(""),
  tags: z.record(z.string(), z.number()).default({}),
  parameters: z.array(parameter).default([]),
  fallbacks: z.array(z.string()).default([]),
  available: z.record(z.string(), available),
});

export const engineShape = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  aliases: z.array(z.string()).default([]),
  default: version,
  versions: z.array(z.strictObject({ version, channel: words(Channel), released_ms: z.number().default(0) })),
});

export const keywordsShape = z.record(z.string(), z.array(z.string()));

export type FeatureFile = z.output<typeof featureShape>;
export type EngineFile = z.output<typeof engineShape>;
type ParameterFile = z.output<typeof parameter>;
export type { ParameterFile };
