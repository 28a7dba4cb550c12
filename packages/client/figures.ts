import { type DescField, getOption, ScalarType } from "@bufbuild/protobuf";
import { unit } from "@orrery/schema/orrery";
import type { Codec, MessageOf } from "@orrery/wire";

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/_c$/, "°C"],
  [/_kmh$/, "km/h"],
  [/_mm_h$/, "mm/h"],
  [/_mm$/, "mm"],
  [/_m$/, "m"],
  [/_km$/, "km"],
  [/_deg$/, "°"],
  [/_ms$/, "ms"],
  [/_gs$/, "game s"],
  [/_s$/, "s"],
  [/_hpa$/, "hPa"],
];

/** As the contract says it, or as the field's name ends; empty: it has none. */
export function unitOf(field: DescField): string {
  return getOption(field, unit) || (SUFFIXES.find(([suffix]) => suffix.test(field.name))?.[1] ?? "");
}

/** A measure that a message holds, for people. */
export interface Figure {
  /** Name of the message's field: `feelsLikeC`. */
  readonly field: string;
  /** `feels like`. */
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/** The measures of a message, in the contract's order: its floats, whichever the contract has. */
export function figuresOf<C extends Codec>(codec: C, message: MessageOf<C>): Figure[] {
  const { fields } = codec.schema as { readonly fields: readonly DescField[] };
  return fields
    .filter(({ fieldKind, scalar }) => fieldKind === "scalar" && scalar === ScalarType.FLOAT)
    .map((field) => ({
      field: field.localName,
      name: nameOf(field),
      unit: unitOf(field),
      value: Number((message as Record<string, unknown>)[field.localName] ?? 0),
    }));
}

function nameOf({ name }: DescField): string {
  const suffix = SUFFIXES.find(([ending]) => ending.test(name))?.[0];
  return (suffix === undefined ? name : name.replace(suffix, "")).replaceAll("_", " ");
}

/** `7.2 °C`, `63 %`. */
export function figureText({ value, unit: of }: Figure): string {
  if (of === "0..1") return `${(value * 100).toFixed(0)} %`;
  return `${value.toFixed(Math.abs(value) < 20 ? 1 : 0)} ${of}`.trimEnd();
}
