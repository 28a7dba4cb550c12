import type { ReactNode } from "react";
import { go, href, type Place } from "../data/link.ts";

/** A link to another view of the page: an address to copy, without a load to wait for. */
export function PlaceLink({ to, children }: { readonly to: Partial<Place>; readonly children: ReactNode }) {
  return (
    <a
      href={href(to)}
      onClick={(click) => {
        click.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
