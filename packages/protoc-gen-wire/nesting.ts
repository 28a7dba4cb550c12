import type { DescMessage } from "@bufbuild/protobuf";

/**
 * Messages of which a tree may nest without end: those within which they stand again, what leads to such a one, and what
 * stands within one. Their codecs count levels while they write; all others cannot come to a hundred.
 */
export function endlesslyNested(messages: Iterable<DescMessage>): Set<DescMessage> {
  const all = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    if (all.has(message)) return;
    all.add(message);
    for (const inner of innerOf(message)) visit(inner);
  };
  for (const message of messages) visit(message);
  const within = new Map([...all].map((message) => [message, reachedFrom(message)]));
  const circular = [...all].filter((message) => within.get(message)?.has(message));
  const deep = new Set(circular);
  for (const message of all) if (circular.some((one) => within.get(message)?.has(one))) deep.add(message);
  for (const one of circular) for (const inner of within.get(one) ?? []) deep.add(inner);
  return deep;
}

function innerOf(message: DescMessage): DescMessage[] {
  return message.fields.flatMap((field) => (field.message === undefined ? [] : [field.message]));
}

function reachedFrom(message: DescMessage): Set<DescMessage> {
  const reached = new Set<DescMessage>();
  const visit = (from: DescMessage) => {
    for (const inner of innerOf(from)) {
      if (reached.has(inner)) continue;
      reached.add(inner);
      visit(inner);
    }
  };
  visit(message);
  return reached;
}
