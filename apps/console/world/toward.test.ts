import { expect, it } from "vitest";
import { ARROWS, toward } from "./toward.ts";

const spot = (id: string, xKm: number, yKm: number) => ({ id, xKm, yKm });
const middle = spot("middle", 10, 10);
const spots = [
  middle,
  spot("north", 11, 3),
  spot("east", 18, 11),
  spot("far-east", 30, 10),
  spot("south", 9, 18),
];
const arrow = (key: string) => ARROWS[key] ?? [0, 0];

it("an arrow goes to what lies nearest that way", () => {
  expect(toward(spots, middle, arrow("ArrowRight")).id).toBe("east");
  expect(toward(spots, middle, arrow("ArrowUp")).id).toBe("north");
  expect(toward(spots, middle, arrow("ArrowDown")).id).toBe("south");
});

it("an arrow over the edge stays where it is", () => {
  expect(toward(spots, middle, arrow("ArrowLeft")).id).toBe("middle");
});
