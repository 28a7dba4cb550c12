import {
  ApproveRequest,
  CancelRequest,
  type ListUpgradesRequest,
  ProposeUpgradeRequest,
  RejectRequest,
  ReportStepRequest,
  RetryRequest,
  Upgrade,
  UpgradeResponse,
  UpgradeState as S,
} from "@orrery/schema/engine/v1";
import { type Call, callerName, pageAsked } from "@orrery/service";
import { type Codec, isError, type MessageOf, OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import { answerKey } from "../keep/answers.ts";
import { keeper } from "../keep/keeper.ts";
import type { Turn } from "../keep/turn.ts";
import { approve, cancel, reject, retry } from "../upgrades/decisions.ts";
import { movesOf } from "../upgrades/machine.ts";
import { propose } from "../upgrades/propose.ts";
import { isLate, report } from "../upgrades/report.ts";
import { mustUpgrade, putUpgrade, readSteps, type UpgradeKept } from "../upgrades/store.ts";
import { mustBeRunner } from "../upgrades/token.ts";
import { withCanary, worker } from "../upgrades/worker.ts";
import type { EngineTables } from "../tables.ts";
import { PAGES } from "./reads.ts";
import { subjectFile } from "./view.ts";

const actorOf = ({ caller }: Call): string => callerName(caller);

const shown = (upgrade: UpgradeKept, nowMs: number) => ({
  upgrade: { ...upgrade, moves: movesOf(upgrade, nowMs) },
});

async function act<I extends { readonly idempotencyKey: string }>(
  request: I,
  codec: Codec<any, any, any>,
  call: Call,
  run: (turn: Turn) => Promise<UpgradeKept>,
): Promise<MessageOf<typeof UpgradeResponse>> {
  const done = await call.part(keeper).submit({
    answer: answerKey(call.caller, codec, request),
    reply: UpgradeResponse,
    run: async (turn) => shown(await run(turn), turn.nowMs),
  });
  call.part(worker).wake();
  return done;
}

export const upgradeCalls = {
  proposeUpgrade(request: MessageOf<typeof ProposeUpgradeRequest>, call: Call) {
    const file = subjectFile(call.kit, request.subjectId);
    const why = { actor: actorOf(call), reason: request.reason };
    return act(request, ProposeUpgradeRequest, call, (turn) => propose(turn, file, request.to, why));
  },
  approve: (request: MessageOf<typeof ApproveRequest>, call: Call) =>
    act(request, ApproveRequest, call, (turn) =>
      approve(turn, (id) => subjectFile(call.kit, id), request.upgradeId, actorOf(call)),
    ),
  reject: (request: MessageOf<typeof RejectRequest>, call: Call) =>
    act(request, RejectRequest, call, (turn) =>
      reject(turn, request.upgradeId, actorOf(call), request.reason),
    ),
  async cancel(request: MessageOf<typeof CancelRequest>, call: Call) {
    const done = await act(request, CancelRequest, call, (turn) =>
      cancel(turn, request.upgradeId, actorOf(call), request.reason),
    );
    call.part(worker).end(done.upgrade);
    return done;
  },
  retry: (request: MessageOf<typeof RetryRequest>, call: Call) =>
    act(request, RetryRequest, call, (turn) =>
      retry(turn, (id) => subjectFile(call.kit, id), request.upgradeId, actorOf(call)),
    ),

  async reportStep(request: MessageOf<typeof ReportStepRequest>, call: Call) {
    const isAdmin = call.caller.role === "admin";
    try {
      return await act(request, ReportStepRequest, call, async (turn) => {
        const upgrade = await mustUpgrade(turn.db, request.upgradeId);
        const person = isAdmin && request.jobToken === "";
        if (!person || !maySay(upgrade, request.state))
          await mustBeRunner(turn.db, upgrade, request.jobToken);
        const actor = person ? actorOf(call) : `runner:${upgrade.runner}`;
        return report(turn, subjectFile(call.kit, upgrade.subjectId), upgrade, request, { actor, person });
      });
    } catch (error) {
      if (isError(error, engineErrors.ENGINE_STATE_CONFLICT)) await countLate(request, call);
      throw error;
    }
  },

  async listUpgrades(request: ListUpgradesRequest, { kit }: Call) {
    const page = pageAsked(request, ["upgrades", request.subjectId], ["number", "text"], PAGES);
    let query = kit.store.as<EngineTables>().selectFrom("upgrade").select(["id", "created_ms", "body"]);
    if (request.subjectId !== "") query = query.where("subject", "=", request.subjectId);
    const { place } = page;
    if (place !== undefined)
      query = query.where((where) =>
        where.or([
          where("created_ms", "<", place[0]),
          where.and([where("created_ms", "=", place[0]), where("id", "<=", place[1])]),
        ]),
      );
    const rows = await query
      .orderBy("created_ms", "desc")
      .orderBy("id", "desc")
      .limit(page.size + 1)
      .execute();
    const next = rows[page.size];
    const found = rows.slice(0, page.size).map(({ body }) => Upgrade.decode(body));
    const upgrades = await Promise.all(found.map((one) => withCanary(kit, one)));
    return {
      upgrades: upgrades.map((one) => shown(one, kit.hostMs()).upgrade),
      nextPageToken: page.next(next === undefined ? undefined : [Number(next.created_ms), next.id]),
    };
  },

  async getUpgrade({ upgradeId }: { upgradeId: string }, { kit }: Call) {
    const db = kit.store.as<EngineTables>();
    const upgrade = await withCanary(kit, await mustUpgrade(db, upgradeId));
    return { ...shown(upgrade, kit.hostMs()), steps: await readSteps(db, upgradeId) };
  },
};

/** Where the runner is a person, one reports; of a canary, and that the old version serves, a person may always say. */
const maySay = ({ runner }: UpgradeKept, state: S): boolean =>
  runner === "manual" || state === S.CANARY || state === S.ROLLED_BACK;

/** What came too late changes nothing, and is counted. */
async function countLate(
  { upgradeId, state }: MessageOf<typeof ReportStepRequest>,
  call: Call,
): Promise<void> {
  await call
    .part(keeper)
    .submit({
      reply: UpgradeResponse,
      async run(turn) {
        const before = await mustUpgrade(turn.db, upgradeId);
        if (isLate(before, state))
          await putUpgrade(turn.db, { ...before, lateReports: before.lateReports + 1 });
        return {};
      },
    })
    .catch((error: unknown) => {
      if (!(error instanceof OrreryError)) throw error;
    });
}
