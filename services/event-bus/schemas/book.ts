import { clone, create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { SchemaVerdict } from "@orrery/schema/bus/v1";
import { files } from "@orrery/schema/registry";
import type { Kit, Part } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { type Break, compareSets, readSet } from "./compare.ts";

export interface SchemaRow {
  fingerprint: string;
  service: string;
  version: string;
  first_seen_ms: number;
  verdict: SchemaVerdict;
  /** JSON of Break[]. */
  breaks: string;
  descriptor_set: Uint8Array;
}

export interface SchemaTables {
  contract: SchemaRow;
}

export interface Judged {
  readonly verdict: SchemaVerdict;
  readonly breaks: readonly Break[];
}

/** Which contracts have been in use, the newest first, and whether new ones can be read beside them. */
export interface SchemaBook {
  list(): Promise<readonly SchemaRow[]>;
  /** @throws BUS_SCHEMA_UNKNOWN */
  get(fingerprint: string): Promise<SchemaRow>;
  /** @param against empty: the newest. @throws BUS_SCHEMA_UNREADABLE, BUS_SCHEMA_UNKNOWN */
  check(set: Uint8Array, against: string): Promise<Judged>;
  /** A known fingerprint changes nothing. @throws BUS_SCHEMA_BREAKING where that is asked for */
  register(given: {
    readonly fingerprint: string;
    readonly service: string;
    readonly version: string;
    readonly set: Uint8Array;
    readonly refuseBreaking?: boolean;
  }): Promise<SchemaRow>;
}

/** The contracts that this process was built with. */
export function ownSet(): Uint8Array {
  const all = [...files.files];
  const file = all.map((one) => {
    const proto = clone(FileDescriptorProtoSchema, one.proto);
    proto.sourceCodeInfo = undefined;
    return proto;
  });
  const known = new Set(file.map(({ name }) => name));
  // What they import from protobuf itself must be in the set too.
  for (const one of all)
    for (const imported of one.dependencies)
      if (!known.has(imported.proto.name)) {
        known.add(imported.proto.name);
        file.unshift(imported.proto);
      }
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
}

export const schemaBook: Part<SchemaBook> = {
  name: "schemas",
  publishes: [],
  subscribes: [],
  async start(kit: Kit) {
    const db = kit.store.as<SchemaTables>();
    const list = () => db.selectFrom("contract").selectAll().orderBy("first_seen_ms", "desc").execute();

    async function get(fingerprint: string): Promise<SchemaRow> {
      const row = await db
        .selectFrom("contract")
        .selectAll()
        .where("fingerprint", "=", fingerprint)
        .executeTakeFirst();
      if (row === undefined) throw new OrreryError(journalErrors.BUS_SCHEMA_UNKNOWN, { given: fingerprint });
      return row;
    }

    async function check(set: Uint8Array, against: string): Promise<Judged> {
      const newer = readSet(set);
      const older = against === "" ? (await list())[0] : await get(against);
      if (older === undefined) return { verdict: SchemaVerdict.FIRST, breaks: [] };
      const breaks = compareSets(readSet(older.descriptor_set), newer);
      return { verdict: breaks.length === 0 ? SchemaVerdict.COMPATIBLE : SchemaVerdict.BREAKING, breaks };
    }

    const book: SchemaBook = {
      list,
      get,
      check,
      async register({ fingerprint, service, version, set, refuseBreaking = false }) {
        const { verdict, breaks } = await check(set, "");
        if (refuseBreaking && verdict === SchemaVerdict.BREAKING)
          throw new OrreryError(journalErrors.BUS_SCHEMA_BREAKING, {
            given: breaks.map(({ field, rule }) => `${field} (${rule})`).join(", "),
          });
        const row: SchemaRow = {
          fingerprint,
          service,
          version,
          first_seen_ms: kit.clock.now(),
          verdict,
          breaks: JSON.stringify(breaks),
          descriptor_set: set,
        };
        await db
          .insertInto("contract")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return get(fingerprint);
      },
    };
    const known = await list();
    if (!known.some(({ fingerprint }) => fingerprint === kit.fingerprint)) {
      const { verdict, breaks } = await book.register({
        fingerprint: kit.fingerprint,
        service: kit.service,
        version: kit.codeVersion,
        set: ownSet(),
      });
      if (verdict === SchemaVerdict.BREAKING)
        kit.log.warn({ breaks: JSON.parse(breaks) }, "the contracts break those that were in use before");
    }
    return { handle: book, async stop() {} };
  },
};
