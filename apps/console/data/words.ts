/** `HEAVY_RAIN` → `heavy rain`: an enumeration's value in words. */
export function word(values: Readonly<Record<string, unknown>>, value: number | undefined): string {
  const name = Object.entries(values).find(([, number]) => number === value)?.[0] ?? "";
  return name.toLowerCase().replaceAll("_", " ");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const COMPASS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
export function compass(degrees: number): string {
  return COMPASS[Math.round(degrees / 45) % 8] as string;
}

export function hourOf(atGs: number | undefined): string {
  if (atGs === undefined || !Number.isFinite(atGs)) return "";
  const second = ((atGs % 86_400) + 86_400) % 86_400;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${two(second / 3_600)}:${two((second % 3_600) / 60)}`;
}

/** `day 3, 14:05`, counted from the world's first day. */
export function dayAndHour(atGs: number): string {
  return `day ${Math.floor(atGs / 86_400) + 1}, ${hourOf(atGs)}`;
}

export function wallClock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString();
}
