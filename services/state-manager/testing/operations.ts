import type { OperationInit } from "@orrery/schema/state/v1";

type Act = Pick<OperationInit, "act">;

export const idOf = (collection: string, owner: string, key: string) => ({ collection, owner, key });

export const put = (json: string): Act => ({
  act: { case: "put", value: { content: { content: { case: "json", value: json } } } },
});
export const merge = (json: string): Act => ({
  act: { case: "merge", value: { patch: { content: { case: "json", value: json } } } },
});
export const patch = (json: string): Act => ({ act: { case: "patch", value: { json } } });
export const increment = (path: string, by = 1, limits: { min?: number; max?: number } = {}): Act => ({
  act: {
    case: "increment",
    value: { path, by: { kind: { case: "intValue", value: BigInt(by) } }, ...limits },
  },
});
export const append = (path: string, items: readonly string[], keepLast = 0): Act => ({
  act: {
    case: "append",
    value: { path, keepLast, items: items.map((value) => ({ content: { case: "json" as const, value } })) },
  },
});
export const del = (): Act => ({ act: { case: "delete", value: {} } });
export const touch = (expiresMs: number): Act => ({ act: { case: "touch", value: { expiresMs } } });
export const version = (value: number) => ({
  precondition: { condition: { case: "version" as const, value } },
});
