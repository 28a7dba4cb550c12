import { JournalService } from "@orrery/schema/bus/v1";
import { ByeReason } from "@orrery/schema/router/v1";
import { TimeService } from "@orrery/schema/time/v1";
import type { World } from "../connect.ts";
import type { Looks } from "../looks.ts";
import type { ClientInTime } from "./client-in-time.ts";
import { type Dice, type Followed, learn, type Life } from "./life.ts";

export const REGIONS = ["mill", "moor", "fen"];
const PUBLISHERS = ["weather", "weather/2", "time"];
/** A unary call without a deadline of its own. */
export const DEADLINE_MS = 30_000;

/** Refusals that the client comes back from, and one that it does not. */
const BYES = [
  ByeReason.DRAINING,
  ByeReason.DRAINING,
  ByeReason.SLOW,
  ByeReason.RATE,
  ByeReason.EXPIRED,
  ByeReason.PROTOCOL,
  ByeReason.REPLACED,
];

/** What may happen next, the likelier the heavier. */
export function actsOf(life: Life): readonly (readonly [weight: number, act: (on: World) => void])[] {
  const { all, dice, followed } = life;
  const { edge } = all;
  const { upTo, pick, chance } = dice;
  const bye = () => BYES[upTo(BYES.length - 1)] as ByeReason;
  const region = () => (chance(25) ? "" : (REGIONS[upTo(2)] as string));
  return [
    [30, () => edge.say(PUBLISHERS[upTo(2)] as string, region())],
    [8, (on) => subscribe(on, life)],
    [
      5,
      () =>
        pick(
          followed.filter(({ closed }) => !closed),
          (entry) => close(entry, dice),
        ),
    ],
    [8, (on) => expectSettled(life, "a call", on.rpc(TimeService).getClock({}), DEADLINE_MS)],
    [4, (on) => abortedCall(on, life)],
    [4, (on) => streamedCall(on, life)],
    [6, () => edge.cutAll()],
    [3, () => pick(edge.sessions, ({ end }) => end.goDumb())],
    [2, () => pick(edge.sessions, (session) => session.bye(bye(), upTo(3_000)))],
    [2, () => void edge.terms.refusals.push({ reason: bye(), retryAfterMs: upTo(500) })],
    [2, () => void (edge.terms.down = !edge.terms.down)],
    [1, () => void (edge.terms.dumb = !edge.terms.dumb)],
    [1, () => void (edge.terms.forgetful = !edge.terms.forgetful)],
    [2, () => void (edge.terms.refuseLook = refusals(dice))],
    [1, () => pick(edge.sessions, ({ end }) => end.sendBytes(Uint8Array.of(0xff, 0xff)))],
  ];
}

/** From now on: some subscriptions have to wait. */
function refusals({ chance, upTo }: Dice): ClientInTime["edge"]["terms"]["refuseLook"] {
  return () => (chance(30) ? { retryAfterMs: 1 + upTo(2_000) } : undefined);
}

function expectSettled(
  { awaited, all }: Life,
  what: string,
  promise: Promise<unknown>,
  withinMs: number,
): void {
  const entry = { what, byMs: all.time.now() + withinMs, settled: false };
  awaited.push(entry);
  const settled = () => void (entry.settled = true);
  promise.then(settled, settled);
}

function abortedCall(on: World, life: Life): void {
  const stop = new AbortController();
  expectSettled(life, "an aborted call", on.rpc(TimeService).getClock({}, { signal: stop.signal }), 2_000);
  life.all.time.after(life.dice.upTo(2_000), () => stop.abort());
}

function streamedCall(on: World, life: Life): void {
  const timeoutMs = 1 + life.dice.upTo(5_000);
  const stream = on.rpc(JournalService).tail({}, { timeoutMs });
  expectSettled(life, "a stream", Array.fromAsync(stream), timeoutMs);
}

function subscribe(on: World, { dice, followed }: Life): void {
  const { chance } = dice;
  const looks: Looks = {
    regions: REGIONS.filter(() => chance(50)),
    allRegions: chance(30),
    world: chance(70),
  };
  const subscription = on.subscribe(looks);
  const entry: Followed = { looks, subscription, known: new Map(), live: [], closed: false };
  followed.push(entry);
  void subscription.snapshot.then(
    (events) => {
      for (const event of events) learn(entry, event);
      if (!entry.closed) void read(entry);
    },
    () => {},
  );
}

async function read(entry: Followed): Promise<void> {
  try {
    for await (const event of entry.subscription) learn(entry, event);
  } catch {
    // A refusal ends it; the client's status says so too.
  }
}

function close(entry: Followed, { chance }: Dice): void {
  entry.closed = true;
  entry.subscription.close();
  if (chance(20)) entry.subscription.close();
}

/** An edge that answers at once or late, refuses, streams, breaks off or says nothing. */
export function callsOf({ upTo }: Dice, { time }: ClientInTime): ClientInTime["edge"]["terms"]["call"] {
  return ({ id, method }, end) => {
    const kind = upTo(4);
    const empty = new Uint8Array();
    const done = () =>
      end.send({ message: { case: "reply", value: { id, result: { case: "response", value: empty } } } });
    if (kind === 0) return;
    if (kind === 1) return end.send({ message: { case: "reply", value: { id, code: 8, message: "no" } } });
    const chunks = method.endsWith("Tail") ? upTo(3) : 0;
    for (let at = 0; at < chunks; at++)
      end.send({ message: { case: "chunk", value: { id, response: empty } } });
    if (kind === 2) return void time.after(upTo(8_000), done);
    if (kind === 3) return end.cut("in the middle");
    done();
  };
}
