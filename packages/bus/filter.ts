/** Whether a canonical type is wanted; remembers its answers. */
export type TypeFilter = (type: string) => boolean;

/** `*` takes everything, `weather.*` every type that begins with `weather.`, anything else only itself. */
export function typeFilter(patterns: readonly string[]): TypeFilter {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  const known = new Map<string, boolean>();
  return (type) => {
    let wanted = known.get(type);
    if (wanted === undefined) {
      wanted = exact.has(type) || prefixes.some((prefix) => type.startsWith(prefix));
      known.set(type, wanted);
    }
    return wanted;
  };
}

/** Whether a frame has anything for the subscription, by its header alone. */
export function frameFilter(spec: {
  readonly types: readonly string[];
  readonly worlds?: readonly string[];
}): (head: { readonly types: readonly string[]; readonly world: string }) => boolean {
  const wanted = typeFilter(spec.types);
  const worlds = spec.worlds === undefined ? undefined : new Set(spec.worlds);
  return (head) => {
    if (worlds !== undefined && !worlds.has(head.world)) return false;
    for (const type of head.types) if (wanted(type)) return true;
    return false;
  };
}
