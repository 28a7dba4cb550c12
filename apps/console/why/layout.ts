import type { EffectNode, JournalEvent } from "@orrery/schema/bus/v1";

export const NODE = { width: 250, height: 92, gapX: 64, gapY: 16 } as const;
/** A wide tree is cut here; the room says so. */
const MOST = 200;

export interface Laid {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly {
    readonly event: JournalEvent;
    readonly x: number;
    readonly y: number;
    readonly self: boolean;
  }[];
  readonly edges: readonly { readonly key: string; readonly path: string }[];
}

/** Causes to the left, effects as a tree to the right; leaves one under another, parents beside the middle of theirs. */
export function layOut(chain: readonly JournalEvent[], effects: readonly EffectNode[]): Laid {
  const tree = effects.slice(0, MOST);
  const children = new Map<number, number[]>();
  for (const [index, node] of tree.entries()) {
    if (index > 0) children.set(node.parent, [...(children.get(node.parent) ?? []), index]);
  }
  const rows: number[] = [];
  let nextRow = 0;
  const place = (index: number): number => {
    const below = children.get(index) ?? [];
    const own = below.map(place);
    const row = own.length === 0 ? nextRow++ : ((own[0] as number) + (own.at(-1) as number)) / 2;
    rows[index] = row;
    return row;
  };
  const selfRow = tree.length > 0 ? place(0) : 0;
  const before = chain.length - 1;
  const x = (column: number) => column * (NODE.width + NODE.gapX);
  const y = (row: number) => row * (NODE.height + NODE.gapY);
  const nodes = [
    ...chain.slice(1).map((event, i) => ({ event, x: x(before - 1 - i), y: y(selfRow), self: false })),
    ...tree.flatMap(({ event, depth }, index) =>
      event === undefined ? [] : [{ event, x: x(before + depth), y: y(rows[index] ?? 0), self: index === 0 }],
    ),
  ];
  const curve = (x1: number, y1: number, x2: number, y2: number) =>
    `M${x1} ${y1}C${x1 + NODE.gapX / 2} ${y1} ${x2 - NODE.gapX / 2} ${y2} ${x2} ${y2}`;
  const middle = (row: number) => y(row) + NODE.height / 2;
  const edges = [
    ...chain.slice(1).map((_, i) => ({
      key: `c${i}`,
      path: curve(x(i) + NODE.width, middle(selfRow), x(i + 1), middle(selfRow)),
    })),
    ...tree.slice(1).map(({ parent, depth }, i) => ({
      key: `e${i}`,
      path: curve(
        x(before + depth - 1) + NODE.width,
        middle(rows[parent] ?? 0),
        x(before + depth),
        middle(rows[i + 1] ?? 0),
      ),
    })),
  ];
  const depth = tree.reduce((deepest, node) => Math.max(deepest, node.depth), 0);
  return { nodes, edges, width: x(before + depth) + NODE.width + 4, height: y(Math.max(nextRow, 1)) };
}
