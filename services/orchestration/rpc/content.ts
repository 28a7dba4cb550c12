import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ContentDocument,
  ContentDocumentSchema,
  type ContentOrder,
  ContentOrderSchema,
  ContentService,
  Execution,
  type ExecutionInit,
  ExecutionSchema,
  ExecutionStatus,
  type GenerateRequest,
  type GenerateResponseInit,
  Rung,
} from "@orrery/schema/orchestration/v1";
import { type Call, callerName, type Part, type RpcBinding, serve, serviceErrors } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { type Allowances, standingOf } from "../admission/allowances.ts";
import { type Admitted, admit } from "../admission/ladder.ts";
import { contentId } from "../content/document.ts";
import { shortDigest } from "../engine/ids.ts";
import { isFinal } from "../engine/runs.ts";
import { orchestrationErrors } from "../errors.ts";
import type { Executions } from "../executions.ts";
import { type ContentTables, MADE, USED } from "../store/content-rows.ts";
import type { Sheet } from "../write/sheet.ts";
import type { Kysely } from "kysely";
import { visible } from "./caller.ts";

const PIPELINE = "content-pipeline";
const ANSWER_MS = 1_000;
const KEY_LENGTH = { least: 8, most: 64 };
const CACHED_WHY = "the nearest that is there already";

type Begun = Admitted & { readonly execution: ExecutionInit };
const FREE: Admitted = { rung: Rung.FULL, why: "", moreAtMs: 0, usedHour: 0, usedDay: 0 };

export function contentRpc(executions: Part<Executions>, allowances: Part<Allowances>): RpcBinding {
  async function begin(request: GenerateRequest, call: Call): Promise<Begun> {
    const own = call.part(executions);
    const { caller } = call;
    const player = caller.role === "player" ? caller.id : (request.playerIds[0] ?? "");
    if (player !== "") await call.part(allowances).know(player);
    const executionId = `made-${shortDigest(callerName(caller), keyOf(request)).slice(0, 22)}`;
    const order = orderOf(request, executionId);
    const definition = own.registry.of(PIPELINE);
    const refused = definition.refuses?.(order, request.worldId);
    if (refused !== undefined)
      throw new OrreryError(orchestrationErrors.ORCH_INPUT_INVALID, { given: refused });
    const input = toBinary(ContentOrderSchema, order);
    const hash = own.hash(definition);
    const { id, version } = definition;
    return own.submit(async (sheet) => {
      const known = await sheet.execution(executionId);
      if (known !== undefined) {
        if (!Buffer.from(known.input).equals(Buffer.from(input)))
          throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: request.idempotencyKey });
        return {
          ...FREE,
          rung: known.rung,
          why: known.rung === Rung.FULL ? "" : "as it was the first time",
          execution: known,
        };
      }
      const admitted = player === "" ? FREE : await admittedNow(sheet, player, own.dispatcher?.lagMs() ?? 0);
      const near = admitted.rung === Rung.CACHED ? await nearest(sheet, order) : undefined;
      // Nothing is there that could be shown: its foundation is made.
      const rung = admitted.rung === Rung.CACHED && near === undefined ? Rung.FOUNDATION : admitted.rung;
      if (player !== "") sheet.write(USED, { execution: executionId, player, at_ms: sheet.nowMs, rung });
      const execution = create(ExecutionSchema, {
        ...{ executionId, workflowId: id, workflowVersion: version, rung, input },
        worldId: request.worldId || PLATFORM,
        ownerId: player === "" ? callerName(caller) : player,
        ownerIsPlayer: player !== "",
        inputSha256: Buffer.from(shortDigest(input), "base64url"),
        startedMs: sheet.nowMs,
        deadlineMs: sheet.nowMs + definition.deadlineMs,
        // What is there already is answered, and kept with the execution; nothing is worked out.
        ...(near && { result: near, resultType: ContentDocumentSchema.typeName }),
      });
      if (near !== undefined) {
        sheet.keep(
          Object.assign(execution, { status: ExecutionStatus.COMPLETED, endedMs: sheet.nowMs, progress: 1 }),
        );
        return { ...admitted, rung, why: `${admitted.why}: ${CACHED_WHY}`, execution };
      }
      if (!own.frozen.has(`${id}/${version}`)) sheet.freeze({ id, version, hash, first_ms: sheet.nowMs });
      await sheet.begin(execution);
      return { ...admitted, rung, execution };
    });
  }

  /** As it is when it is done, or a second later. */
  async function made(executionId: string, call: Call) {
    const own = call.part(executions);
    const late = new AbortController();
    const signal = AbortSignal.any([late.signal, call.signal]);
    void call.kit.clock.sleep(ANSWER_MS, late.signal).then(() => late.abort());
    try {
      for (;;) {
        const next = own.feed.next(executionId, signal);
        const found = await readContent(call, executionId);
        if (isFinal(found) || signal.aborted) return found;
        await next;
      }
    } finally {
      late.abort();
    }
  }

  return serve(ContentService, {
    async generate(request, call): Promise<GenerateResponseInit> {
      const { execution, rung, why, moreAtMs } = await begin(request, call);
      const executionId = execution.executionId ?? "";
      const document = documentOf(await made(executionId, call));
      if (document !== undefined && rung < Rung.CACHED) await remember(call.part(executions), document);
      return { executionId, rung, why, moreAtMs, ...(document && { document }) };
    },
    async getContent({ executionId }, call) {
      const found = await readContent(call, executionId);
      const document = documentOf(found);
      const { rung, status, progress } = found;
      return { rung, status, progress, ...(document && { document }) };
    },
  });
}

export async function admittedNow(sheet: Sheet, player: string, lagMs: number): Promise<Admitted> {
  const { allowed, uses } = await standingOf(sheet, player);
  return admit(allowed, uses, sheet.nowMs, lagMs);
}

function keyOf({ idempotencyKey: key }: GenerateRequest): string {
  if (key.length >= KEY_LENGTH.least && key.length <= KEY_LENGTH.most) return key;
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
    given: `idempotency_key of ${key.length} characters, ${KEY_LENGTH.least}..${KEY_LENGTH.most}`,
  });
}

const orderOf = ({ kind, regionId, seed, difficulty }: GenerateRequest, executionId: string): ContentOrder =>
  create(ContentOrderSchema, { kind, regionId, seed: seed || executionId, difficulty });

async function readContent(call: Call, id: string) {
  const db = call.kit.store.as<{ execution: { id: string; body: Uint8Array } }>();
  const row = await db.selectFrom("execution").select("body").where("id", "=", id).executeTakeFirst();
  const found = visible(call, id, row && (Execution.decode(row.body) as never));
  if (found.workflowId === PIPELINE) return found;
  throw new OrreryError(orchestrationErrors.ORCH_UNKNOWN_EXECUTION, { given: id });
}

const documentOf = ({ status, result }: { readonly status: ExecutionStatus; readonly result: Uint8Array }) =>
  status === ExecutionStatus.COMPLETED ? fromBinary(ContentDocumentSchema, result) : undefined;

/** The one of the same kind and region whose difficulty is nearest; the oldest of those. */
async function nearest(
  sheet: Sheet,
  { kind, regionId, difficulty }: ContentOrder,
): Promise<Uint8Array | undefined> {
  const of = () =>
    (sheet.db as unknown as Kysely<ContentTables>)
      .selectFrom("made")
      .select(["difficulty", "body"])
      .where("kind", "=", kind)
      .where("region", "=", regionId)
      .limit(1);
  const below = await of()
    .where("difficulty", "<=", difficulty)
    .orderBy("difficulty", "desc")
    .orderBy("at_ms")
    .executeTakeFirst();
  const above = await of()
    .where("difficulty", ">", difficulty)
    .orderBy("difficulty")
    .orderBy("at_ms")
    .executeTakeFirst();
  const off = (row: typeof below) =>
    row === undefined ? Number.POSITIVE_INFINITY : Math.abs(Number(row.difficulty) - difficulty);
  const row = off(below) <= off(above) ? below : above;
  return (
    row &&
    toBinary(ContentDocumentSchema, Object.assign(ContentDocument.decode(row.body), { rung: Rung.CACHED }))
  );
}

/** So that whoever may have no more made is shown this one. */
const remember = (
  own: Executions,
  document: ReturnType<typeof fromBinary<typeof ContentDocumentSchema>>,
): Promise<void> =>
  own.submit(async (sheet) => {
    const { kind = 0, regionId: region = "", difficulty = 0 } = document.order ?? {};
    const id =
      document.order === undefined ? document.contentId : `${contentId(document.order)}/${document.rung}`;
    sheet.write(MADE, {
      id,
      kind,
      region,
      difficulty,
      at_ms: sheet.nowMs,
      body: toBinary(ContentDocumentSchema, document),
    });
  });
