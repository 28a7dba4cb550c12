import type { SubscriptionSpec, Transport } from "@orrery/bus";
import { type Member, type MemberTerms, startMember } from "../members/mod.ts";
import type { Findings } from "../oracle/judge.ts";
import { probeCodec } from "../probe.ts";
import type { ReadOptions, Scene } from "../scene.ts";
import { type Faults, faultyTransport } from "../faulty-transport.ts";
import { demand } from "../verdict.ts";

export interface Load {
  /** Events of the PR tier, of both writers together. */
  readonly events: number;
  /** Published over about this long, ms. */
  readonly overMs: number;
  /** Where writers and members in this process get their clients; default `scene.connect`. */
  readonly connect?: () => Promise<Transport>;
  /** Members of each subscription; default 2. */
  readonly members?: number;
  /** Members are processes (or played as such) instead of buses here; what each shall die of. */
  readonly dies?: ReadonlyArray<MemberTerms["dies"] | undefined>;
  /** Longest wait for the last events once the fault is over, ms. Default 60,000. */
  readonly settleMs?: number;
  /** What handlers of members in this process do besides being written down. */
  readonly handle?: ReadOptions["handle"];
  /** Faults of the way, played in this process. */
  readonly faults?: Faults;
  /** What happens meanwhile; `members` are those that are processes. */
  strike(members: readonly Member[]): Promise<void>;
}

export const SHARED = "conformance/shared";
export const ORDERED = "conformance/kept-in-order";
const WRITERS = 2;
const LEAST = 200;
const RETRY = {
  inProcess: { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 50 },
  atBroker: { rounds: 6, firstDelayMs: 50, factor: 2, maxDelayMs: 400 },
};
/** In the standard lane: fewer, larger frames, as most events travel. */
export const TOLD = probeCodec("conformance.v1.Told", "standard");

/** Subscriptions that a load is read by: a shared one, and one in order where that is claimed. */
export function subscriptionsOf(scene: Scene): { readonly id: string; readonly order: "key" | "none" }[] {
  const shared = { id: SHARED, order: "none" } as const;
  return scene.features.orderedByKey ? [shared, { id: ORDERED, order: "key" }] : [shared];
}

/** Two writers speak while something breaks; when all is over every promise must have been kept. */
export async function underLoad(scene: Scene, load: Load): Promise<Record<string, number>> {
  const reach = load.connect ?? scene.connect;
  const { faults } = load;
  const connect = async () => (faults === undefined ? reach() : faultyTransport(await reach(), faults));
  const subscriptions = subscriptionsOf(scene);
  const members: Member[] = [];
  for (const { id, order } of subscriptions) {
    const spec = { id, order, types: [TOLD.typeName], from: "latest" } as const;
    const operator = await reach();
    await operator.ensure({ topics: [], subscriptions: [spec] });
    scene.closing(() => operator.close());
    if (load.dies === undefined) await readHere(scene, load, spec, connect);
    else
      members.push(...(await Promise.all(load.dies.map((dies, at) => readElsewhere(scene, spec, at, dies)))));
  }
  const each = Math.max(LEAST, Math.ceil(scene.load(load.events) / WRITERS));
  const writing: Promise<void>[] = [];
  for (let writer = 1; writer <= WRITERS; writer++) {
    const bus = scene.busOn(await connect());
    writing.push(
      scene.write(bus, { writer, count: each, codec: TOLD, frameBytes: 2_048, overMs: load.overMs }),
    );
  }
  const written = Promise.all(writing);
  written.catch(() => undefined);
  await load.strike(members);
  await written;
  const ids = subscriptions.map(({ id }) => id);
  await scene.untilHandled(ids, each * WRITERS, load.settleMs);
  // What would be too much may come late as well.
  await scene.clock.sleep(scene.features.leaseSeconds * 1_500);
  return judgeLoad(scene);
}

/** Members in this process. */
async function readHere(
  scene: Scene,
  load: Load,
  spec: SubscriptionSpec,
  connect: () => Promise<Transport>,
): Promise<void> {
  const { handle } = load;
  for (let member = 0; member < (load.members ?? 2); member++) {
    await scene.read(scene.busOn(await connect()), `member-${member}`, {
      ...spec,
      prefetch: 8,
      ...(handle === undefined ? {} : { handle }),
      retry: RETRY,
    }).ready;
  }
}

/** A member that can be killed. */
export function readElsewhere(
  scene: Scene,
  { id, order }: Pick<SubscriptionSpec, "id" | "order">,
  at: number,
  dies?: MemberTerms["dies"],
): Promise<Member> {
  return startMember(scene, {
    name: `${id}, process ${at}`,
    subscription: id,
    order,
    types: [TOLD.typeName],
    handleMs: 1,
    ...(dies === undefined ? {} : { dies }),
  });
}

/** Lost, phantom, corrupted, double effects: none. Order where claimed. Doubles only with a cause. */
export function judgeLoad(
  scene: Scene,
  ours: (writer: number) => boolean = () => true,
): Record<string, number> {
  const figures: Record<string, number> = { published: scene.ledger.published, resent: scene.ledger.resends };
  for (const { id, order } of subscriptionsOf(scene)) {
    const found = scene.ledger.judge(id);
    demandKept(scene, id, order, {
      ...found,
      lost: found.lost.filter((name) => ours(Number.parseInt(name, 10))),
    });
    for (const [cause, count] of Object.entries(found.causes))
      figures[`${order === "key" ? "ordered" : "shared"}, ${cause}`] = count;
    figures["late"] = (figures["late"] ?? 0) + found.late;
  }
  return Object.fromEntries(Object.entries(figures).filter(([, count]) => count > 0));
}

function demandKept(scene: Scene, id: string, order: "key" | "none", found: Findings): void {
  const { lost, lostAt, phantom, corrupted, doubleEffects, reordered, causes } = found;
  demand(lost.length === 0, `${id} lost ${lost.length}, like ${lost[0]} (${JSON.stringify(lostAt)})`);
  demand(phantom.length === 0, `${id} got ${phantom.length} phantoms, like ${phantom[0]}`);
  demand(corrupted.length === 0, `${id} got ${corrupted.length} corrupted, like ${corrupted[0]}`);
  demand(doubleEffects.length === 0, `${id}: ${doubleEffects.length} under two identities`);
  if (order === "key")
    demand(reordered.length === 0, `${id}: ${reordered.length} out of order, like ${reordered[0]}`);
  const doubled = scene.broker.doubled?.() ?? 0;
  demand(causes.unexplained <= doubled, `${id}: ${causes.unexplained} doubles without a cause`);
}
