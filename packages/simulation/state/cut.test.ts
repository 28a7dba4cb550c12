import { create } from "@bufbuild/protobuf";
import { seededNumbers } from "@orrery/bus";
import { HoldState, HoldStateSchema } from "@orrery/schema/time/v1";
import { Manifest } from "@orrery/schema/simulation/v1";
import { encodeBytes } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { beginCut, type Cut } from "./cut.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { StateTorn, readState } from "./read.ts";
import { encodeSegment } from "./segment.ts";
import { emptyState, type State } from "./state.ts";
import { bytesOfState, digestOf } from "./whole.ts";

const types = { root: HoldState, tables: { people: HoldState, places: HoldState } };
const aggregate = { state: types, earlier: [] };
const opener = { openMessage: async (_codec: unknown, bytes: Uint8Array) => ({ bytes, erased: [] }) };

type Holds = State<HoldState, typeof types.tables>;

/** A store of segments: what a database would have. */
function keeper() {
  const state = emptyState(types) as Holds;
  const ledger: Ledger = createLedger();
  const segments = new Map<number, Uint8Array>();
  let manifest: Uint8Array | undefined;
  const write = (cut: Cut, bytes: number) => {
    const pages = cut.next(bytes);
    if (pages.length === 0) return false;
    const id = ledger.nextSegment();
    ledger.put(id, pages);
    segments.set(id, encodeSegment(types, pages));
    return true;
  };
  return {
    state,
    ledger,
    segments,
    write,
    close(cut: Cut) {
      cut.end();
      const closed = ledger.manifest(7);
      manifest = encodeBytes(Manifest, closed);
      const named = new Set(closed.segments.map(({ segment }) => segment));
      for (const id of segments.keys()) if (!named.has(id)) segments.delete(id);
    },
    async read() {
      const decoded = Manifest.decode(manifest as Uint8Array);
      const reader = readState(opener as never, aggregate, decoded);
      for (const use of decoded.segments.toReversed())
        await reader.add(use, segments.get(use.segment) as Uint8Array);
      return reader.end();
    },
  };
}

const note = (text: string) => create(HoldStateSchema, { note: text });

/** 0 .. most - 1, the same each time. */
function luck(seed: number): (most: number) => number {
  const random = seededNumbers(seed);
  return (most) => Math.floor(random() * most);
}

const NAMES = ["ada", "constructor", "__proto__", "", "bo", "a/b", "root", "ø"];

function change(state: Holds, draw: (most: number) => number): void {
  const table = draw(2) === 0 ? state.people : state.places;
  const id = draw(3) === 0 ? (NAMES[draw(NAMES.length)] as string) : `p${draw(60)}`;
  if (draw(9) === 0) state.root.note = `${draw(1_000)}`;
  else if (!table.has(id)) table.add(id, note("x".repeat(draw(40))));
  else if (draw(4) === 0) table.remove(id);
  else table.edit(id).note = "y".repeat(draw(60));
}

describe("a cut", () => {
  it.each([1, 2, 3, 4, 5])(
    "is the state of its moment, whatever changes while it is written (seed %i)",
    async (seed) => {
      const draw = luck(seed);
      const kept = keeper();
      for (let round = 0; round < 60; round++) {
        for (let n = draw(40); n > 0; n--) change(kept.state, draw);
        const cut = beginCut(types, kept.state, kept.ledger);
        const [bytes, digest] = [bytesOfState(types, kept.state), digestOf(types, kept.state)];
        while (kept.write(cut, draw(300) + 1)) for (let n = draw(12); n > 0; n--) change(kept.state, draw);
        expect(cut.left).toBe(0);
        kept.close(cut);
        const { state, atGs } = await kept.read();
        expect(Buffer.compare(bytesOfState(types, state), bytes)).toBe(0);
        expect(kept.ledger.manifest(0).digest).toEqual(digest);
        expect(atGs).toBe(7);
      }
    },
  );

  it("goes on from what was read back as from what was never put away", async () => {
    const draw = luck(9);
    const kept = keeper();
    for (let n = 0; n < 100; n++) change(kept.state, draw);
    const first = beginCut(types, kept.state, kept.ledger);
    while (kept.write(first, 200));
    kept.close(first);
    const back = await kept.read();
    const { people } = back.state as unknown as Holds;
    people.edit(people.ids()[0] as string).note = "changed";
    const cut = beginCut(types, back.state, back.ledger);
    const pages = cut.next(1e9);
    expect(pages.map(({ table }) => table)).toEqual(["people"]);
    expect(back.ledger.lastSegment).toBe(kept.ledger.lastSegment);
  });

  it("writes what changed, and carries onward what is mostly dead", () => {
    const kept = keeper();
    for (let n = 0; n < 100; n++) kept.state.people.add(`p${n}`, note("z".repeat(50)));
    const whole = beginCut(types, kept.state, kept.ledger);
    while (kept.write(whole, 1e9));
    kept.close(whole);
    expect(kept.segments.size).toBe(1);
    for (let n = 0; n < 50; n++) kept.state.people.edit(`p${n}`).note = "n";
    const half = beginCut(types, kept.state, kept.ledger);
    expect(half.left).toBe(50);
    while (kept.write(half, 1e9));
    kept.close(half);
    expect(kept.segments.size).toBe(2);
    for (let n = 50; n < 70; n++) kept.state.people.edit(`p${n}`).note = "n";
    const most = beginCut(types, kept.state, kept.ledger);
    while (kept.write(most, 1e9));
    kept.close(most);
    // The first has 31 living ones of 101: the next cut takes them along though nothing changed them.
    const onward = beginCut(types, kept.state, kept.ledger);
    expect(onward.left).toBe(31);
  });

  it("takes nothing where nothing changed", () => {
    const kept = keeper();
    const first = beginCut(types, kept.state, kept.ledger);
    expect(first.left).toBe(1);
    while (kept.write(first, 1));
    kept.close(first);
    expect(beginCut(types, kept.state, kept.ledger).left).toBe(0);
  });

  it("that is torn is not read as a state", async () => {
    const kept = keeper();
    for (let n = 0; n < 10; n++) kept.state.people.add(`p${n}`, note(`${n}`));
    const cut = beginCut(types, kept.state, kept.ledger);
    while (kept.write(cut, 1));
    kept.close(cut);
    const ids = [...kept.segments.keys()];
    const [one, other] = [kept.segments.get(ids[2] as number), kept.segments.get(ids[3] as number)];
    kept.segments.set(ids[2] as number, other as Uint8Array);
    await expect(kept.read()).rejects.toThrow(StateTorn);
    kept.segments.set(ids[2] as number, one as Uint8Array);
    const { state } = await kept.read();
    expect(Buffer.compare(bytesOfState(types, state), bytesOfState(types, kept.state))).toBe(0);
  });
});
