import type { OperationInit } from "@orrery/schema/state/v1";

/** A player's progress of about 150 bytes, new with each number. */
export function put(collection: string, owner: string, key: string, n: number): OperationInit {
  const value = `{"level":${n % 60},"xp":${n},"place":"region:mill-vale","flags":{"met-mira":true,"turn":${n}},"name":"a name of some length"}`;
  return {
    id: { collection, owner, key },
    act: { case: "put", value: { content: { content: { case: "json", value } } } },
  };
}

export function increment(collection: string, owner: string, key: string): OperationInit {
  return { id: { collection, owner, key }, act: { case: "increment", value: { path: "/n" } } };
}
