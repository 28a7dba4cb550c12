/** Where the map is looked at from: kilometres to pixels. */
export interface Camera {
  /** Pixels a kilometre. */
  scale: number;
  /** The land's point in the middle of the canvas, km. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export function fit(camera: Camera, widthKm: number, heightKm: number): void {
  camera.scale = leastScale(camera, widthKm, heightKm);
  camera.x = widthKm / 2;
  camera.y = heightKm / 2;
}

/** A village is a hand wide then, and people can be told apart. */
const MOST_ZOOM = 16;

/** Never shows what lies beyond the land. */
export function clamp(camera: Camera, widthKm: number, heightKm: number): void {
  const least = leastScale(camera, widthKm, heightKm);
  camera.scale = Math.min(Math.max(camera.scale, least), least * MOST_ZOOM);
  const [halfX, halfY] = [camera.width / camera.scale / 2, camera.height / camera.scale / 2];
  camera.x = Math.min(widthKm - halfX, Math.max(halfX, camera.x));
  camera.y = Math.min(heightKm - halfY, Math.max(halfY, camera.y));
}

const leastScale = ({ width, height }: Camera, widthKm: number, heightKm: number) =>
  Math.max(width / widthKm, height / heightKm);

/** Comes nearer (a factor over 1) or goes back; what is under the hand stays there, but for the edges of the land. */
export function zoomAt(
  camera: Camera,
  x: number,
  y: number,
  factor: number,
  widthKm: number,
  heightKm: number,
): void {
  const [xKm, yKm] = toKm(camera, x, y);
  camera.scale *= factor;
  clamp(camera, widthKm, heightKm);
  camera.x = xKm - (x - camera.width / 2) / camera.scale;
  camera.y = yKm - (y - camera.height / 2) / camera.scale;
  clamp(camera, widthKm, heightKm);
}

/** Whether it can come no nearer, or go back no further. */
export function endsOf(camera: Camera, widthKm: number, heightKm: number): ZoomEnds {
  const least = leastScale(camera, widthKm, heightKm);
  return { whole: camera.scale <= least * 1.001, nearest: camera.scale >= least * MOST_ZOOM * 0.999 };
}

export interface ZoomEnds {
  readonly whole: boolean;
  readonly nearest: boolean;
}

export const toX = (camera: Camera, xKm: number) => (xKm - camera.x) * camera.scale + camera.width / 2;
export const toY = (camera: Camera, yKm: number) => (yKm - camera.y) * camera.scale + camera.height / 2;
export const toKm = (camera: Camera, x: number, y: number): [number, number] => [
  (x - camera.width / 2) / camera.scale + camera.x,
  (y - camera.height / 2) / camera.scale + camera.y,
];
