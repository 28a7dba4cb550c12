import { create } from "@bufbuild/protobuf";
import { HelloSchema } from "@orrery/schema/router/v1";
import { describe, expect, it } from "vitest";
import { createSeating, type Seat, type Seating } from "./seating.ts";
import { SHARES } from "./share.ts";
import { asks } from "./testing.ts";

const looksAt = (...regionIds: string[]) =>
  create(HelloSchema, { worldId: "w", subscriptions: [asks({ regionIds })] });

function comes(seating: Seating, region: string): Seat {
  const hello = looksAt(region);
  const seat = { share: seating.shareFor(hello), hello };
  seating.take(seat);
  return seat;
}

describe("the seating", () => {
  it("puts together who looks at the same, and no share gets long", () => {
    const seating = createSeating();
    const seats = Array.from({ length: 2_000 }, (_, at) => comes(seating, `region:${at % 16}`));
    const sharesOf = (region: number) =>
      new Set(seats.filter((_, at) => at % 16 === region).map(({ share }) => share)).size;
    for (let region = 0; region < 16; region++) expect(sharesOf(region)).toBeLessThanOrEqual(2);
    const sizes = Array.from(
      { length: SHARES },
      (_, share) => seats.filter((seat) => seat.share === share).length,
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000 / SHARES + 128);
  });

  it("spreads a crowd that looks at one place over all shares", () => {
    const seating = createSeating();
    const seats = Array.from({ length: 2_000 }, () => comes(seating, "region:square"));
    expect(new Set(seats.map(({ share }) => share)).size).toBe(SHARES);
  });

  it("keeps nothing of who left", () => {
    const seating = createSeating();
    const first = Array.from({ length: 500 }, (_, at) => comes(seating, `region:${at}`));
    for (const seat of first) seating.leave(seat);
    const shares = Array.from({ length: SHARES }, (_, at) => comes(seating, `region:new-${at}`).share);
    expect(new Set(shares).size).toBe(SHARES);
  });
});
