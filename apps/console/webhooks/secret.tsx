/** What signs the deliveries; it is told once and can only be replaced. */
export function Secret({ secret }: { readonly secret: string }) {
  if (secret === "") return null;
  return (
    <p role="status">
      Its secret, told this once: <code>{secret}</code>
    </p>
  );
}
