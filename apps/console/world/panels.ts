import type { Rect } from "../map/labels.ts";

const PANELS = ".title, .layers, .legend, .happening, .zoom, .card";

export const panelsOver = (canvas: HTMLElement) =>
  canvas.parentElement?.querySelectorAll<HTMLElement>(PANELS) ?? [];

/** Where panels lie over the map: no name is to stand under them. */
export function coveredOf(canvas: HTMLElement): readonly Rect[] {
  const { left, top } = canvas.getBoundingClientRect();
  return [...panelsOver(canvas)].map((panel) => {
    const rect = panel.getBoundingClientRect();
    return {
      left: rect.left - left,
      right: rect.right - left,
      top: rect.top - top,
      bottom: rect.bottom - top,
    };
  });
}
