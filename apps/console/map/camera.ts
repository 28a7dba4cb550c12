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
  camera.scale = Math.max(camera.width / widthKm, camera.height / heightKm);
  camera.x = widthKm / 2;
  camera.y = heightKm / 2;
}

/** A village is a hand wide then, and people can be told apart. */
const MOST_ZOOM = 16;

/** Never shows what lies beyond the land. */
export function clamp(camera: Camera, widthKm: number, heightKm: number): void {
  const least = Math.max(camera.width / widthKm, camera.height / heightKm);
  camera.scale = Math.min(Math.max(camera.scale, least), least * MOST_ZOOM);
  const [halfX, halfY] = [camera.width / camera.scale / 2, camera.height / camera.scale / 2];
  camera.x = Math.min(widthKm - halfX, Math.max(halfX, camera.x));
  camera.y = Math.min(heightKm - halfY, Math.max(halfY, camera.y));
}

export const toX = (camera: Camera, xKm: number) => (xKm - camera.x) * camera.scale + camera.width / 2;
export const toY = (camera: Camera, yKm: number) => (yKm - camera.y) * camera.scale + camera.height / 2;
export const toKm = (camera: Camera, x: number, y: number): [number, number] => [
  (x - camera.width / 2) / camera.scale + camera.x,
  (y - camera.height / 2) / camera.scale + camera.y,
];
