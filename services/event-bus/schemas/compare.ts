import { createFileRegistry, type DescFile, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { compareEnums } from "./compare-enums.ts";
import { compareMessages } from "./compare-messages.ts";
import { compareServices } from "./compare-services.ts";

/** What a reader or writer of the older contracts would trip over; rules have buf's names where buf has one. */
export interface Break {
  readonly field: string;
  readonly rule: string;
  readonly was: string;
  readonly is: string;
}

/** @throws BUS_SCHEMA_UNREADABLE */
export function readSet(bytes: Uint8Array): FileRegistry {
  try {
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  } catch (cause) {
    throw new OrreryError(journalErrors.BUS_SCHEMA_UNREADABLE, {
      given: `${bytes.length} bytes: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}

/**
 * Old events must be readable by new code, new ones by old code, in bytes and in JSON; calls must be answered. At least
 * what `buf breaking` with WIRE_JSON finds. Protobuf's own files are whoever built the set's, not the contracts'.
 */
export function compareSets(older: FileRegistry, newer: FileRegistry): Break[] {
  const breaks: Break[] = [];
  for (const was of older) {
    if (was.kind === "extension" || isProtobufs(was.file)) continue;
    const is = newer.get(was.typeName);
    if (is?.kind !== was.kind) {
      const rule = `${was.kind.toUpperCase()}_NO_DELETE`;
      breaks.push({ field: was.typeName, rule, was: was.kind, is: is?.kind ?? "absent" });
      continue;
    }
    if (syntaxOf(was.file) !== syntaxOf(is.file))
      breaks.push({
        field: was.typeName,
        rule: "FILE_SAME_SYNTAX",
        was: syntaxOf(was.file),
        is: syntaxOf(is.file),
      });
    if (was.kind === "message" && is.kind === "message") breaks.push(...compareMessages(was, is));
    if (was.kind === "enum" && is.kind === "enum") breaks.push(...compareEnums(was, is));
    if (was.kind === "service" && is.kind === "service") breaks.push(...compareServices(was, is));
  }
  return breaks;
}

const isProtobufs = ({ proto }: DescFile) => proto.package === "google.protobuf";

/** Defaults, required fields and how enums are read hang on it. */
const syntaxOf = ({ proto }: DescFile) =>
  proto.syntax === "editions" ? `edition ${proto.edition}` : proto.syntax || "proto2";
