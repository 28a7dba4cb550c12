import { create } from "@bufbuild/protobuf";
import {
  BudgetTree,
  BudgetTreeSchema,
  ChangeReason,
  DeviceClass,
  LockFieldRequest,
  LockFieldResponse,
  ReportFramesResponse,
  SetBudgetRequest,
  SetBudgetResponse,
} from "@orrery/schema/performance/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { checkTree } from "../budgets/tree.ts";
import { shipped } from "../data/part.ts";
import { performanceErrors } from "../errors.ts";
import { wrongValue } from "../matrix/fields.ts";
import { tell } from "../session/tell.ts";
import { wordOf } from "../words.ts";
import { keeper } from "../write/keeper.ts";
import { ruleAsked } from "./change.ts";
import { locksShown } from "./matrix.ts";
import { submit } from "./submit.ts";

/** Players of one commit, where all sessions are looked at again. */
const TOGETHER = 200;

export async function setBudget(request: ReturnType<typeof SetBudgetRequest.decode>, call: Call) {
  const given = create(BudgetTreeSchema, request.tree);
  checkTree(given);
  return submit(call, [SetBudgetRequest, request], SetBudgetResponse, [], (turn) => {
    const known = turn.ground.trees.get(given.mode);
    if (request.expectedRevision !== undefined && request.expectedRevision !== (known?.revision ?? 0))
      throw new OrreryError(performanceErrors.PERF_REVISION_CONFLICT, {
        given: `it is at ${known?.revision ?? 0}, not ${request.expectedRevision}`,
      });
    const tree = create(BudgetTreeSchema, { ...given, revision: (known?.revision ?? 0) + 1 });
    const body = encodeBytes(BudgetTree, tree);
    turn.ground = { ...turn.ground, trees: new Map(turn.ground.trees).set(tree.mode, tree) };
    turn.write(
      turn.db
        .insertInto("budget")
        .values({ mode: tree.mode, body })
        .onConflict((conflict) => conflict.column("mode").doUpdateSet({ body })),
    );
    return { tree };
  });
}

export async function lockField(request: ReturnType<typeof LockFieldRequest.decode>, call: Call) {
  const { deviceClass, field, max } = request;
  const rule = ruleAsked(field);
  const wrong = max === undefined ? undefined : wrongValue(rule, max);
  if (wrong !== undefined) throw new OrreryError(performanceErrors.PERF_OUT_OF_RANGE, { given: wrong });
  if (wordOf(DeviceClass, deviceClass) === "unknown")
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `device_class ${deviceClass}` });
  const answer = await submit(call, [LockFieldRequest, request], LockFieldResponse, [], (turn) => {
    const others = turn.ground.locks.filter((one) => one.deviceClass !== deviceClass || one.key !== rule.key);
    const locks = max === undefined ? others : [...others, { deviceClass, key: rule.key, most: max }];
    turn.ground = { ...turn.ground, locks };
    const { db } = turn;
    turn.write(
      max === undefined
        ? db.deleteFrom("field_lock").where("class", "=", deviceClass).where("field", "=", field)
        : db
            .insertInto("field_lock")
            .values({ class: deviceClass, field, most: max })
            .onConflict((conflict) => conflict.columns(["class", "field"]).doUpdateSet({ most: max })),
    );
    return { locks: locksShown(turn.ground) };
  });
  return { ...answer, changed: await tellAll(call) };
}

/** Looks at every open session again. @returns how many show something else now */
async function tellAll(call: Call): Promise<number> {
  const kept = call.part(keeper);
  const { matrix } = call.part(shipped);
  const players = [...new Set([...kept.open.all()].map(({ player }) => player))];
  let changed = 0;
  for (let at = 0; at < players.length; at += TOGETHER) {
    const some = players.slice(at, at + TOGETHER);
    await kept.submit({
      players: some,
      reply: ReportFramesResponse,
      run(turn) {
        for (const open of some.flatMap((player) => turn.sessionsOf(player)))
          if (tell(turn, matrix, open, open.kept, { reason: ChangeReason.OPERATOR })) changed += 1;
        return {};
      },
    });
  }
  return changed;
}
