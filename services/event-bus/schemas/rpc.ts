import { SchemaService } from "@orrery/schema/bus/v1";
import { type Call, serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Break } from "./compare.ts";
import { schemaBook, type SchemaRow } from "./book.ts";

const FINGERPRINT = /^[0-9a-f]{16}$/;

function told({ first_seen_ms: firstSeenMs, breaks, descriptor_set: _set, ...row }: SchemaRow) {
  return { ...row, firstSeenMs, breaks: JSON.parse(breaks) as Break[] };
}

export const schemaRpc = serve(SchemaService, {
  async register({ descriptorSet: set, fingerprint, service, version, refuseBreaking }, call: Call) {
    if (!FINGERPRINT.test(fingerprint))
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `fingerprint ${fingerprint}: 16 hex digits`,
      });
    const given = { fingerprint, service, version, set, refuseBreaking };
    return { schema: told(await call.part(schemaBook).register(given)) };
  },
  async getSchema({ fingerprint }, call) {
    const row = await call.part(schemaBook).get(fingerprint);
    return { schema: told(row), descriptorSet: row.descriptor_set };
  },
  listSchemas: async (_request, call) => ({ schemas: (await call.part(schemaBook).list()).map(told) }),
  async check({ descriptorSet, against }, call) {
    const { verdict, breaks } = await call.part(schemaBook).check(descriptorSet, against);
    return { verdict, breaks: [...breaks] };
  },
});
