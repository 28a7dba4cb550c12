import { held, type Promised } from "./promise.ts";

const REFUSALS = "packages/wire/codec/refusals.test.ts";
const FRAMES = "packages/wire/frame/refusals.test.ts";
const PLUGIN = "packages/protoc-gen-wire/plugin.test.ts";
const BUF = "services/event-bus/schemas/buf.test.ts";

export const wire: readonly Promised[] = [
  {
    id: "wire.views-stay",
    sentence: "A view that a handler holds across an await shows the event it was taken from",
    heldBy: held(
      "packages/bus/views.test.ts",
      "a view that a handler holds across an await stays at its event, 1 at once",
      "a view that a handler holds across an await stays at its event, 16 at once",
    ),
  },
  {
    id: "wire.views-end",
    sentence:
      "A view reads nothing behind its end: where decode refuses it refuses, or says what stands whole before the cut",
    heldBy: held(
      "packages/wire/codec/view-cuts.test.ts",
      "at every byte of every message of the schema",
      "at every byte of every message of the torture schema",
    ),
  },
  {
    id: "wire.same-contracts",
    sentence: "Contracts that are unchanged break nothing, whichever program built the descriptor set",
    heldBy: held(BUF, "are the same when they were built by another program"),
  },
  {
    id: "wire.contract-changes",
    sentence:
      "A change of the contracts that buf calls breaking is called breaking here: reuse of numbers and names, requests and answers of calls among them",
    heldBy: held(
      BUF,
      "a field goes, only its number reserved",
      "a field goes, only its name reserved",
      "a reserved number is given to another",
      "a reserved name is given to another f",
      "a reserved number of an enum is given",
      "an alias before the older name",
      "another request",
    ),
  },
  {
    id: "wire.names",
    sentence:
      "A contract's names give code that loads and works, or are refused by name before anything is replaced",
    heldBy: [
      ...held(
        "packages/wire/codec/differential.test.ts",
        "torture.v1.Bytes",
        "torture.v1.Object",
        "torture.v1.Uint8Array",
        "torture.v1.Number",
        "torture.v1.String",
        "torture.v1.Codec",
      ),
      ...held(
        PLUGIN,
        "refuses names that hide each other from two files of a package",
        "refuses an enum that hides a view",
        "refuses a message called as a descriptor",
      ),
    ],
  },
  {
    id: "wire.syntax",
    sentence: "A contract in proto2 or an edition is refused by its file's name",
    heldBy: held(PLUGIN, "refuses a file in proto2 by its name", "refuses a file in an edition by its name"),
  },
  {
    id: "wire.small-frames-cost-little",
    sentence: "A small frame cannot make its reader hold what no frame needs",
    heldBy: held(
      FRAMES,
      "of some hundred bytes cannot make its reader hold millions of keys",
      "with more keys than events is refused",
    ),
  },
  {
    id: "wire.repeated-messages",
    sentence:
      "A message field that occurs twice reads as its parts one behind the other, by the same rules and codes as one part",
    heldBy: held(
      REFUSALS,
      "keeps what does not fit in the second as it would in one alone",
      "refuses text that is no UTF-8 in the second by the same code",
      "lets the second say a default that is written out",
      "costs no more than in proportion to how often it occurs",
      "is written whole from a view",
      "of a oneof begins anew after another case",
    ),
  },
  {
    id: "wire.written-is-readable",
    sentence:
      "What is written can be read: deeper nesting than readers take, and half of a surrogate pair, are refused when written",
    heldBy: held(
      REFUSALS,
      "is refused where text holds half of a surrogate pair",
      "is refused from the hundred and first level on, and read up to there",
      "is refused where a Struct nests deeper than it can be read",
    ),
  },
  {
    id: "wire.frames-by-the-page",
    sentence:
      "A frame that the page forbids is refused: a first event with a step or a skip, bytes or frames behind the packed body",
    heldBy: held(
      FRAMES,
      "whose first event skips is refused",
      "whose first event steps in time is refused",
      "with bytes behind its packed body is refused",
      "with another frame behind its packed body is refused",
      "with a skippable frame behind its packed body is refused",
    ),
  },
  {
    id: "wire.coded",
    sentence: "Whatever cannot be written is refused with a code, where it is given and not later",
    heldBy: [
      ...held(
        REFUSALS,
        "is refused with a code where JSON has no form for it",
        "is refused where a map or a list holds nothing in place of a value",
      ),
      ...held(FRAMES, "is refused before anything is written to it"),
    ],
  },
  {
    id: "wire.page",
    sentence: "docs/wire-format.md is enough to write a reader that refuses what ours refuses",
    heldBy: held("packages/wire/golden/golden.test.ts", "there is a vector for each that is described"),
  },
];
