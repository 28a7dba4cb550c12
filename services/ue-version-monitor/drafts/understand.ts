import { FeatureChange } from "@orrery/schema/engine/v1";
import type { NoteLine } from "./split.ts";

/** What a line comes to. */
export interface Understood {
  readonly change: FeatureChange;
  /** Empty: no feature was recognised. */
  readonly featureKey: string;
  /** 0..1: a half for the verb, a half for the feature. */
  readonly confidence: number;
}

/** Stems of verbs, in the order in which they are looked for: "removed the deprecated …" removes. */
const VERBS: readonly (readonly [FeatureChange, RegExp])[] = [
  [
    FeatureChange.REMOVED,
    /\b(?:remov(?:e|es|ed|ing)|drop(?:s|ped)? support|no longer (?:available|supported))\b/i,
  ],
  [FeatureChange.DEPRECATED, /\bdeprecat(?:e|es|ed|ing|ion)\b/i],
  [
    FeatureChange.INTRODUCED,
    /\b(?:add(?:s|ed|ing)?|introduc(?:e|es|ed|ing)|new|now available|first release|experimental support)\b/i,
  ],
  [
    FeatureChange.ENHANCED,
    /\b(?:improv(?:e|es|ed|ing|ements?)|faster|optimi[sz](?:e|es|ed|ation|ations)|enhanc(?:e|es|ed|ements?)|reduc(?:e|es|ed)|better|up to \d+\s?%)\b/i,
  ],
];

/** Reads words of a line as keys of features: the longest word that stands in it wins. */
export function featureReader(
  features: Readonly<Record<string, readonly string[]>>,
): (text: string) => string | undefined {
  const words = Object.entries(features)
    .flatMap(([key, all]) => all.map((word) => ({ key, word: word.toLowerCase() })))
    .sort((a, b) => b.word.length - a.word.length || (a.word < b.word ? -1 : 1));
  const patterns = words.map(({ key, word }) => ({
    key,
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}_])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}_])`,
      "iu",
    ),
  }));
  return (text) => patterns.find(({ pattern }) => pattern.test(text))?.key;
}

/** A heading says what its items are about, where they do not say it themselves. */
export function understand(
  { text, heading }: NoteLine,
  featureOf: (text: string) => string | undefined,
): Understood {
  const change = changeOf(text) ?? changeOf(heading) ?? FeatureChange.UNSPECIFIED;
  const featureKey = featureOf(text) ?? featureOf(heading) ?? "";
  const confidence = (change === FeatureChange.UNSPECIFIED ? 0 : 0.5) + (featureKey === "" ? 0 : 0.5);
  return { change, featureKey, confidence };
}

const changeOf = (text: string): FeatureChange | undefined =>
  VERBS.find(([, pattern]) => pattern.test(text))?.[0];
