/** Value noise with smooth steps, from a hash of the lattice: detail for relief and clouds, no more than a look. */
export function noise(x: number, y: number, seed: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [smooth(x - ix), smooth(y - iy)];
  const a = lattice(ix, iy, seed);
  const b = lattice(ix + 1, iy, seed);
  const c = lattice(ix, iy + 1, seed);
  const d = lattice(ix + 1, iy + 1, seed);
  return a + (b - a) * fx + (c - a) * fy + (a - b - c + d) * fx * fy;
}

/** Octaves of noise, -1..1 or so. */
export function fractal(x: number, y: number, octaves: number, seed: number): number {
  let [sum, scale, weight] = [0, 1, 0.5];
  for (let octave = 0; octave < octaves; octave++) {
    sum += (noise(x * scale, y * scale, seed + octave) - 0.5) * 2 * weight;
    scale *= 2.03;
    weight *= 0.5;
  }
  return sum;
}

const smooth = (t: number) => t * t * (3 - 2 * t);

function lattice(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(seed, 2147483647);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
