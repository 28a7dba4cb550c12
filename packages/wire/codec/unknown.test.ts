import { type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Empty, Lists, Numbers, Scalars, Tree, Unpacked } from "../test-schema/gen/torture/v1/mod.ts";
import { messageArbitrary } from "../testing/arbitrary.ts";
import { encodeBytes } from "./encode-bytes.ts";

const settings = { numRuns: 200, seed: 7 };

test("fields that a type does not name are kept and written back", () => {
  fc.assert(
    fc.property(messageArbitrary(Scalars.schema), (message) => {
      const bytes = toBinary(Scalars.schema, message as never);
      const read = Empty.decode(bytes);
      expect(read).toEqual(fromBinary(Empty.schema, bytes));
      expect(Buffer.compare(encodeBytes(Empty, read), bytes)).toBe(0);
    }),
    settings,
  );
});

test("known and unknown fields mix as in protobuf-es", () => {
  fc.assert(
    fc.property(messageArbitrary(Numbers.schema), messageArbitrary(Tree.schema), (numbers, tree) => {
      const bytes = new Uint8Array(
        Buffer.concat([
          toBinary(Numbers.schema as DescMessage, numbers),
          toBinary(Tree.schema as DescMessage, tree),
        ]),
      );
      const ours = Tree.decode(bytes);
      expect(ours).toEqual(fromBinary(Tree.schema, bytes));
      expect(
        Buffer.compare(encodeBytes(Tree, ours), toBinary(Tree.schema, fromBinary(Tree.schema, bytes))),
      ).toBe(0);
    }),
    settings,
  );
});

test("lists are read packed and unpacked, whatever the schema says", () => {
  fc.assert(
    fc.property(messageArbitrary(Unpacked.schema), (message) => {
      const bytes = toBinary(Unpacked.schema, message as never);
      expect(Lists.decode(bytes)).toEqual(fromBinary(Lists.schema, bytes));
      const packed = toBinary(Lists.schema, fromBinary(Lists.schema, bytes));
      expect(Unpacked.decode(packed)).toEqual(fromBinary(Unpacked.schema, packed));
    }),
    settings,
  );
});

test("groups of an older writer are kept as unknown fields", () => {
  // Field 50: a group with a varint and a nested group 51.
  const group = [0x93, 0x03, 0x08, 0x01, 0x9b, 0x03, 0x10, 0x02, 0x9c, 0x03, 0x94, 0x03];
  const bytes = new Uint8Array([8, 1, ...group, 8, 2]);
  const read = Tree.decode(bytes);
  expect(read).toEqual(fromBinary(Tree.schema, bytes));
  expect(read.value).toBe(2);
});
