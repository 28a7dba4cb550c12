import { Category, type Feature, FeatureStatus } from "@orrery/schema/capability/v1";
import type { FieldValue, Looked } from "../filter/evaluate.ts";
import type { Fields } from "../filter/filter.ts";

/** What filters can ask of a feature. */
export const FEATURE_FIELDS: Fields = {
  key: "text",
  category: "text",
  status: "text",
  engine: "texts",
  platform: "texts",
  title: "text",
  fallback: "texts",
  parameter: "texts",
  shipped: "flag",
};

const nameIn = (values: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(values)
    .find((name) => values[name] === value)
    ?.toLowerCase() ?? "";

export function lookAtFeature(feature: Feature): Looked {
  return {
    hasTag: (wanted) => feature.tags.some(({ name, weight }) => name === wanted && weight > 0),
    field(name): FieldValue {
      switch (name) {
        case "key":
          return feature.key;
        case "category":
          return nameIn(Category, feature.category);
        case "status":
          return nameIn(FeatureStatus, feature.status);
        case "engine":
          return feature.availability.map(({ engineId }) => engineId);
        case "platform":
          return feature.availability.flatMap(({ platforms }) => platforms);
        case "title":
          return feature.title;
        case "fallback":
          return feature.fallbacks;
        case "parameter":
          return feature.parameters.map((parameter) => parameter.name);
        case "shipped":
          return feature.shipped;
        default:
          return undefined;
      }
    },
  };
}
