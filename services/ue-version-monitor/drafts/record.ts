import { createHash } from "node:crypto";
import { DraftFeature, DraftStatus } from "@orrery/schema/engine/v1";
import { encodeBytes, type MessageOf } from "@orrery/wire";
import type { Turn } from "../keep/turn.ts";
import type { SubjectFile } from "../subjects/shape.ts";
import { splitNotes } from "./split.ts";
import { featureReader, understand } from "./understand.ts";

const DRAFTS_MOST = 2_000;
const ROWS_MOST = 200;

/**
 * Drafts of what notes say. Each line of them is one draft for ever: notes that are read again, or that were changed
 * elsewhere, touch none that somebody has looked at.
 */
export async function recordDrafts(
  turn: Turn,
  file: SubjectFile,
  version: string,
  notes: string,
): Promise<void> {
  const featureOf = featureReader(file.features);
  const lines = splitNotes(notes).map((line) => ({ line, ...understand(line, featureOf) }));
  // Where there are too many, those go first of which more was understood.
  lines.sort((a, b) => b.confidence - a.confidence || a.line.line - b.line.line);
  const rows = new Map<
    string,
    { id: string; subject: string; version: string; status: number; body: Uint8Array }
  >();
  for (const { line, change, featureKey, confidence } of lines) {
    const draftId = draftIdOf(file.id, version, line.raw);
    if (rows.has(draftId)) continue;
    const status = DraftStatus.DRAFT;
    const body = encodeBytes(DraftFeature, {
      ...{ draftId, subjectId: file.id, version, featureKey, change, confidence, status },
      text: line.text,
      evidence: line.raw,
      line: line.line,
    });
    rows.set(draftId, { id: draftId, subject: file.id, version, status, body });
    if (rows.size >= DRAFTS_MOST) break;
  }
  const all = [...rows.values()];
  for (let at = 0; at < all.length; at += ROWS_MOST)
    await turn.db
      .insertInto("draft")
      .values(all.slice(at, at + ROWS_MOST))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

const draftIdOf = (...parts: readonly string[]): string =>
  `draft-${createHash("sha256").update(parts.join("\0")).digest("base64url").slice(0, 16)}`;

export type Draft = MessageOf<typeof DraftFeature>;

export async function putDraft(turn: Turn, draft: Draft): Promise<void> {
  const { draftId: id, subjectId: subject, version, status } = draft;
  const body = encodeBytes(DraftFeature, draft);
  await turn.db
    .insertInto("draft")
    .values({ id, subject, version, status, body })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ status, body }))
    .execute();
}
