import { useObservable } from "../../data/observable.ts";
import type { Valley } from "../../data/valley.ts";

/** Which tint is whose; stripes say that a region is contested. */
export function ControlItems({ valley }: { readonly valley: Valley }) {
  useObservable(valley.revision);
  const { powers } = valley;
  return (
    <>
      {powers.factionIds.map((id) => (
        <li key={id}>
          <i className="swatch" aria-hidden="true" style={{ background: powers.colourOf(id) }} />
          {valley.nameOf(id)}
        </li>
      ))}
      <li>
        <i className="swatch stripes" aria-hidden="true" />
        contested
      </li>
    </>
  );
}
