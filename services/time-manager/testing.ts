import { create } from "@bufbuild/protobuf";
import { type Calendar, CalendarSchema, SeasonKind } from "@orrery/schema/world/v1";

const MONTHS = [
  "Seedfall",
  "Rainmarch",
  "Greening",
  "Highsun",
  "Haymoon",
  "Goldentide",
  "Harvest",
  "Leaffall",
  "Mistwane",
  "Frostfall",
  "Deepwinter",
  "Thaw",
];

/** The calendar that the page of time-manager describes. */
export function valleyCalendar(): Calendar {
  return create(CalendarSchema, {
    id: "valley",
    months: MONTHS.map((name) => ({ name, days: 30 })),
    weekdays: ["Oneday", "Twoday", "Midday", "Fourday", "Fiveday", "Restday"],
    seasons: [
      { name: "Spring", kind: SeasonKind.SPRING, startDay: 1 },
      { name: "Summer", kind: SeasonKind.SUMMER, startDay: 91 },
      { name: "Autumn", kind: SeasonKind.AUTUMN, startDay: 181 },
      { name: "Winter", kind: SeasonKind.WINTER, startDay: 271 },
    ],
    moons: [{ id: "pale", name: "Pale", cycleS: 2_548_800, offsetS: 0 }],
    epoch: { year: 412, month: 1, day: 1 },
    startGs: 7 * 3_600,
    latitudeDeg: 47,
    axialTiltDeg: 23.5,
    winterSolsticeDay: 315,
  });
}
