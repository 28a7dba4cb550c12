// protobuf-es is the oracle: every message of the schema and of the torture schema, both ways.
import { type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { codecs as schemaCodecs } from "@orrery/schema/registry";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codecs as tortureCodecs } from "../test-schema/gen/registry.ts";
import { initArbitrary, messageArbitrary } from "../testing/arbitrary.ts";
import type { Codec } from "./codec.ts";
import { encodeBytes } from "./encode-bytes.ts";

const all = [...new Map([...schemaCodecs, ...tortureCodecs]).values()].map(
  (codec) => [codec.typeName, codec] as const,
);

function runs(typeName: string): { numRuns: number; seed: number } {
  return { numRuns: typeName.startsWith("torture.") ? 150 : 12, seed: 20_240_601 };
}

/** Fields of a view, read one by one. */
function readView(codec: Codec, bytes: Uint8Array): Record<string, unknown> {
  const view = codec.view(bytes) as Record<string, unknown>;
  const schema = codec.schema as DescMessage;
  return Object.fromEntries(
    schema.members.map((member) => [member.localName, plain(view[member.localName])]),
  );
}

/** A nested view as what it reads. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$reset" in value)) return value;
  const names = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value) as object));
  const own = names.filter(([, descriptor]) => descriptor.get !== undefined).map(([name]) => name);
  return Object.fromEntries(own.map((name) => [name, plain((value as Record<string, unknown>)[name])]));
}

function members(message: Message, schema: DescMessage): Record<string, unknown> {
  const values = message as unknown as Record<string, unknown>;
  return Object.fromEntries(
    schema.members.map((member) => [member.localName, untyped(values[member.localName])]),
  );
}

/** Messages without what only messages have. */
function untyped(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(untyped);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith("$"))
      .map(([name, part]) => [name, untyped(part)]),
  );
}

describe.each(all)("%s", (typeName, codec) => {
  const schema = codec.schema as DescMessage;

  test("writes what protobuf-es writes, byte for byte", () => {
    fc.assert(
      fc.property(messageArbitrary(schema), (message) => {
        expect(Buffer.compare(encodeBytes(codec, message), toBinary(schema, message))).toBe(0);
      }),
      runs(typeName),
    );
  });

  test("reads what protobuf-es reads", () => {
    fc.assert(
      fc.property(messageArbitrary(schema), (message) => {
        const bytes = toBinary(schema, message);
        expect(codec.decode(bytes)).toEqual(fromBinary(schema, bytes));
      }),
      runs(typeName),
    );
  });

  test("takes parts of messages without their being created first", () => {
    fc.assert(
      fc.property(initArbitrary(schema), (init) => {
        const message = codec.decode(encodeBytes(codec, init)) as Message;
        expect(Buffer.compare(toBinary(schema, message), encodeBytes(codec, init))).toBe(0);
      }),
      runs(typeName),
    );
  });

  test("shows in a view what a message has", () => {
    fc.assert(
      fc.property(messageArbitrary(schema), (message) => {
        const bytes = toBinary(schema, message);
        expect(untyped(readView(codec, bytes))).toEqual(members(fromBinary(schema, bytes), schema));
      }),
      runs(typeName),
    );
  });

  test("merges and repeats fields as protobuf-es does", () => {
    fc.assert(
      fc.property(messageArbitrary(schema), messageArbitrary(schema), (first, second) => {
        const bytes = Buffer.concat([toBinary(schema, first), toBinary(schema, second)]);
        expect(codec.decode(bytes)).toEqual(fromBinary(schema, new Uint8Array(bytes)));
      }),
      runs(typeName),
    );
  });
});
