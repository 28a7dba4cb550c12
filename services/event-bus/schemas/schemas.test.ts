import { createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Type,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { createMemoryTransport } from "@orrery/bus";
import { SchemaService, SchemaVerdict } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { createLogger, startHost } from "@orrery/service";
import { describe, expect, it } from "vitest";
import eventBus from "../service.ts";
import { ownSet } from "./book.ts";
import { compareSets, readSet } from "./compare.ts";

const EVENT = "weather.v1.WeatherChanged";

/** The contracts as they are, changed by somebody. */
function changed(change: (set: FileDescriptorSet) => void): Uint8Array {
  const set = fromBinary(FileDescriptorSetSchema, ownSet());
  change(set);
  return toBinary(FileDescriptorSetSchema, set);
}

function messageIn(set: FileDescriptorSet, name = EVENT) {
  const short = name.split(".").at(-1);
  const file = set.file.find(
    (one) => one.package === "weather.v1" && one.messageType.some((m) => m.name === short),
  );
  const message = file?.messageType.find((one) => one.name === short);
  if (message === undefined) throw new Error(`no ${name}`);
  return message;
}

const breaksOf = (change: (set: FileDescriptorSet) => void) =>
  compareSets(readSet(ownSet()), readSet(changed(change)));

describe("contracts", () => {
  it("break nothing when they are the same, or grow", () => {
    expect(compareSets(readSet(ownSet()), readSet(ownSet()))).toEqual([]);
    const grown = breaksOf((set) => {
      const { field } = messageIn(set);
      const [first] = field;
      if (first !== undefined) field.push({ ...first, name: "brand_new", jsonName: "brandNew", number: 999 });
    });
    expect(grown).toEqual([]);
  });

  it("break where a field goes, unless its number and name are reserved", () => {
    const gone = (reserve: boolean) =>
      breaksOf((set) => {
        const message = messageIn(set);
        const [field] = message.field.splice(0, 1);
        if (!reserve) return;
        message.reservedName.push(field?.name ?? "");
        message.reservedRange.push({
          $typeName: "google.protobuf.DescriptorProto.ReservedRange",
          start: field?.number ?? 0,
          end: (field?.number ?? 0) + 1,
        } as never);
      });
    const [first] =
      createFileRegistry(fromBinary(FileDescriptorSetSchema, ownSet())).getMessage(EVENT)?.fields ?? [];
    const field = `${EVENT}.${first?.name}`;
    expect(gone(false)).toEqual([
      expect.objectContaining({ field, rule: "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED" }),
      expect.objectContaining({ field, rule: "FIELD_NO_DELETE_UNLESS_NAME_RESERVED" }),
    ]);
    expect(gone(true)).toEqual([]);
  });

  it("break where a type, a JSON name or a list changes", () => {
    const rules = (change: (field: ReturnType<typeof messageIn>["field"][number]) => void) =>
      breaksOf((set) => {
        const field = messageIn(set).field.find(({ type }) => type === FieldDescriptorProto_Type.STRING);
        if (field !== undefined) change(field);
      }).map(({ rule }) => rule);
    expect(rules((field) => (field.type = FieldDescriptorProto_Type.UINT32))).toEqual(["FIELD_SAME_TYPE"]);
    expect(rules((field) => (field.jsonName = "other"))).toEqual(["FIELD_SAME_JSON_NAME"]);
    expect(rules((field) => (field.label = 3))).toEqual(["FIELD_SAME_TYPE"]);
  });

  it("are registered by the service itself, and others are held against them", async () => {
    const host = await startHost({
      services: [eventBus],
      transport: createMemoryTransport(),
      outsideTypes: ["*"],
      storeUrl: () => ":memory:",
      env: {},
      log: createLogger("silent"),
    });
    const schemas = host.directory.client(SchemaService, { role: "admin", id: "ada", scopes: [] });
    expect((await schemas.listSchemas({})).schemas).toMatchObject([
      { fingerprint, verdict: SchemaVerdict.FIRST },
    ]);
    const bad = changed((set) => void messageIn(set).field.splice(0, 1));
    expect(await schemas.check({ descriptorSet: bad })).toMatchObject({
      verdict: SchemaVerdict.BREAKING,
      breaks: [
        { rule: "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED" },
        { rule: "FIELD_NO_DELETE_UNLESS_NAME_RESERVED" },
      ],
    });
    const given = {
      descriptorSet: bad,
      fingerprint: "00000000000000ff",
      service: "elsewhere",
      version: "2",
    };
    await expect(schemas.register({ ...given, refuseBreaking: true })).rejects.toThrow(
      /BUS_SCHEMA_BREAKING.*FIELD_NO_DELETE/,
    );
    expect((await schemas.listSchemas({})).schemas).toHaveLength(1);
    const { schema } = await schemas.register(given);
    expect(schema?.verdict).toBe(SchemaVerdict.BREAKING);
    const { descriptorSet } = await schemas.getSchema({ fingerprint: "00000000000000ff" });
    expect(descriptorSet).toEqual(bad);
    await expect(schemas.check({ descriptorSet: new Uint8Array([1, 2, 3]) })).rejects.toThrow(
      /BUS_SCHEMA_UNREADABLE/,
    );
    await expect(schemas.getSchema({ fingerprint: "nothing" })).rejects.toThrow(/BUS_SCHEMA_UNKNOWN/);
    await host.stop();
  });
});
