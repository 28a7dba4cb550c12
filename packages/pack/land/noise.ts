/** Mixes two lattice coordinates and a seed into [0, 1) (finaliser of MurmurHash3). */
function lattice(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

const fade = (t: number) => t * t * t * (t * (6 * t - 15) + 10);

/** Slope of a lattice point's random plane, at an offset from it. */
function plane(x: number, y: number, dx: number, dy: number, seed: number): number {
  const angle = lattice(x, y, seed) * 2 * Math.PI;
  return Math.cos(angle) * dx + Math.sin(angle) * dy;
}

/** Gradient noise after Perlin, about -1..1, with features about 1 apart. */
export function noise(x: number, y: number, seed: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const dx = x - x0;
  const dy = y - y0;
  const u = fade(dx);
  const north = plane(x0, y0, dx, dy, seed) * (1 - u) + plane(x0 + 1, y0, dx - 1, dy, seed) * u;
  const south =
    plane(x0, y0 + 1, dx, dy - 1, seed) * (1 - u) + plane(x0 + 1, y0 + 1, dx - 1, dy - 1, seed) * u;
  return 1.5 * (north + (south - north) * fade(dy));
}

/** One octave finer, and turned by some 37° so that lattices do not line up. */
const finer = (x: number, y: number): [number, number] => [1.6 * x - 1.2 * y, 1.2 * x + 1.6 * y];

/** Octaves of noise, each half as high and twice as fine, about -1..1. */
export function fractal(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0;
  let spot: [number, number] = [x, y];
  for (let i = 0, height = 0.6; i < octaves; i++, height /= 2) {
    sum += height * noise(...spot, seed + i);
    spot = finer(...spot);
  }
  return sum;
}

/** Noise with sharp crests and broad hollows, as water leaves rock, about -1..1. */
export function spurs(x: number, y: number, seed: number): number {
  let sum = 0;
  let spot: [number, number] = [x, y];
  for (let i = 0, height = 1; i < 4; i++) {
    const crest = (1 - Math.min(1, Math.abs(noise(...spot, seed + i)))) ** 2;
    sum += height * crest;
    height *= 0.5 * (0.3 + 0.7 * crest);
    spot = finer(...spot);
  }
  return Math.min(1, 1.3 * sum - 1.1);
}

/** A number from text, to seed noise by (FNV-1a). */
export function seedOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
