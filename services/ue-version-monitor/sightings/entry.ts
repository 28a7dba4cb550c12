/** A tag as a source lists it. */
export interface Entry {
  readonly tag: string;
  /** That it stands for; empty: not told. */
  readonly commit: string;
  /** Unix ms; 0: not told. */
  readonly releasedMs: number;
  readonly notesUrl: string;
  /** Markdown or plain text; empty: none. */
  readonly notes: string;
  /** Its source calls it a preview, whatever it is called. */
  readonly prerelease: boolean;
  readonly security: boolean;
  readonly withdrawn: boolean;
}

export const entryOf = (given: Partial<Entry> & Pick<Entry, "tag">): Entry => ({
  commit: "",
  releasedMs: 0,
  notesUrl: "",
  notes: "",
  prerelease: false,
  security: false,
  withdrawn: false,
  ...given,
});
