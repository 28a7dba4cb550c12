import { type Bus, defaultRetryPlan, explainRetry } from "@orrery/bus";

/** Who reads what, and what happens to an event that cannot be handled, in words. */
export async function explainTopology(bus: Bus, subscription: string): Promise<string> {
  const specs = (await bus.transport.subscriptions()).filter(
    ({ id }) => subscription === "" || id === subscription,
  );
  const { features } = bus.transport;
  const note = features.durabilityNote === undefined ? "" : ` (${features.durabilityNote})`;
  const head = `Transport ${features.name}: what is acknowledged is ${features.ackDurability}${note}; leases last ${features.leaseSeconds} s.`;
  const lines = specs.map(
    ({ id, types, order }) =>
      `${id} reads ${types.join(", ")}; ${order === "key" ? "one member at a time, each key in order" : "members share the frames"}.`,
  );
  return [
    head,
    ...lines,
    ...specs.map(({ id, order }) => `${id}:\n${explainRetry(defaultRetryPlan, order === "key")}`),
  ].join("\n");
}
