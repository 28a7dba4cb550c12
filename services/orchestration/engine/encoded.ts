import { create, type DescMessage, toBinary } from "@bufbuild/protobuf";

/** A step's answer as it is kept. */
export const encoded = (
  schema: DescMessage,
  init: object,
): { readonly resultType: string; readonly result: Uint8Array } => ({
  resultType: schema.typeName,
  result: toBinary(schema, create(schema, init as never)),
});
