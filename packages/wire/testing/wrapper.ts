import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";

/** Whether protobuf-es shows this field as the wrapped value. */
export function isWrapper(field: DescField, message: DescMessage): boolean {
  return field.fieldKind === "message" && field.oneof === undefined && isWrapperDesc(message);
}
