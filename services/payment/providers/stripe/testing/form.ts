/** A value of a form as Stripe's library writes it: `a[b][0]=c`. */
export type Form = { readonly [name: string]: Form | string };

export function readForm(text: string): Form {
  const form: Record<string, unknown> = {};
  for (const [path, value] of new URLSearchParams(text)) {
    const names = path.split(/[[\]]+/).filter((name) => name !== "");
    let at = form;
    for (const name of names.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[names.at(-1) ?? ""] = value;
  }
  return form as Form;
}

/** The text at a path; empty: there is none. */
export function textAt(form: Form, ...path: readonly string[]): string {
  let at: Form | string | undefined = form;
  for (const name of path) at = typeof at === "object" ? at[name] : undefined;
  return typeof at === "string" ? at : "";
}
