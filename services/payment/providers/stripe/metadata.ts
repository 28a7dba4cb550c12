/** Stripe counts in seconds; 0: never. */
export const ms = (seconds: number | null | undefined): number => (seconds ?? 0) * 1_000;

/** What of an object is ours: it travels in its metadata. */
export const ours = (metadata: Readonly<Record<string, string>> | null | undefined) => ({
  playerId: metadata?.["player_id"] ?? "",
  productId: metadata?.["product_id"] ?? "",
  checkoutId: metadata?.["checkout_id"] ?? "",
});
