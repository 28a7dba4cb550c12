import {
  type ContentDocument,
  ContentDocumentSchema,
  ContentKind,
  ContentOrderSchema,
  Rung,
} from "@orrery/schema/orchestration/v1";
import { founded, problemOf, streamsFor, withBeings, withCoordination } from "../content/document.ts";
import { coordination, customization, interaction } from "../content/layers.ts";
import { workflow } from "../engine/mod.ts";

const DEADLINE_MS = 60_000;

/** A layer's document where it holds; else the one before it, which does. */
function kept(before: ContentDocument, layer: string, make: () => ContentDocument): ContentDocument {
  try {
    const made = make();
    if (problemOf(made) === undefined) return made;
  } catch {
    // What a layer may not do it has not done.
  }
  return { ...before, repaired: [...before.repaired, layer] };
}

/** A place and who is there, in four layers by rules: each later one reads all and owns its own fields. */
export const contentPipeline = workflow(ContentOrderSchema, ({ pure }) => ({
  module: import.meta.url,
  id: "content-pipeline",
  version: 1,
  summary: "A place, who is there, and how the parts meet, in four layers.",
  output: ContentDocumentSchema,
  starts: [],
  deadlineMs: DEADLINE_MS,
  refuses({ kind, regionId, seed, difficulty }) {
    if (kind === ContentKind.UNSPECIFIED) return "kind is PERSON, CREATURE or PLACE";
    if (regionId === "") return "region_id is empty";
    if (seed === "" || seed.length > 200) return `a seed of ${seed.length} characters, 1..200`;
    return difficulty >= 0 && difficulty <= 1 ? undefined : `difficulty ${difficulty}, 0..1`;
  },
  steps: {
    foundation: pure(ContentDocumentSchema, { compute: ({ input, rung }) => founded(input, rung) }),
    customization: pure(ContentDocumentSchema, {
      needs: ["foundation"],
      compute: (see) => {
        const read = () => see.need(ContentDocumentSchema, "foundation");
        return kept(read(), "customization", () => {
          const document = read();
          return withBeings(document, "customization", customization(document, streamsFor(see.input)));
        });
      },
    }),
    interaction: pure(ContentDocumentSchema, {
      needs: ["customization"],
      when: ({ rung }) => rung < Rung.FOUNDATION,
      compute: (see) => {
        const read = () => see.need(ContentDocumentSchema, "customization");
        return kept(read(), "interaction", () => {
          const document = read();
          return withBeings(document, "interaction", interaction(document, streamsFor(see.input)));
        });
      },
    }),
    coordination: pure(ContentDocumentSchema, {
      needs: ["interaction"],
      when: ({ rung }) => rung < Rung.FOUNDATION,
      compute: (see) => {
        const read = () => see.need(ContentDocumentSchema, "interaction");
        return kept(read(), "coordination", () => {
          const document = read();
          return withCoordination(document, coordination(document, streamsFor(see.input)));
        });
      },
    }),
  },
  answer: (see) =>
    see.result(ContentDocumentSchema, "coordination") ?? see.need(ContentDocumentSchema, "customization"),
}));
