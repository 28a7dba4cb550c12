/** Rooms as drawn signs; the words stand beside them. */
const PATHS: Readonly<Record<string, string>> = {
  world: "M3 6l6-3 6 3 6-3v15l-6 3-6-3-6 3zM9 3v15M15 6v15",
  stream: "M3 7c3-3 6 3 9 0s6 3 9 0M3 12c3-3 6 3 9 0s6 3 9 0M3 17c3-3 6 3 9 0s6 3 9 0",
  why: "M5 5h4v4H5zM15 10h4v4h-4zM5 16h4v4H5zM9 7h3a3 3 0 013 3v2M9 18h3a3 3 0 003-3v-3",
  services: "M4 5h16v5H4zM4 14h16v5H4zM8 7.5h.01M8 16.5h.01",
  state: "M4 6c0-4 16-4 16 0v12c0 4-16 4-16 0zM4 6c0 4 16 4 16 0M4 12c0 4 16 4 16 0",
  letters: "M3 6h18v12H3zM3 7l9 6 9-6",
  webhooks: "M9 9a3.5 3.5 0 113.4 4.5L9 18M14.5 17.5a3 3 0 103-3.5L14 8M8 14a3.5 3.5 0 101.5 6H16",
  workflows: "M4 4h6v5H4zM14 15h6v5h-6zM7 9v3.5A5 5 0 0012 17.5h2M14 4h6v5h-6zM10 6.5h4",
  worlds: "M6 3v18M6 8c0 5 12 2 12 8v5M18 21a2 2 0 100-.01M6 3a1 1 0 100-.01",
  people:
    "M9 11a3.5 3.5 0 110-7 3.5 3.5 0 010 7zM3 20c0-4 3-6 6-6s6 2 6 6M16 4.5a3 3 0 010 6M17.5 14c2.5.6 3.5 2.5 3.5 6",
  market:
    "M4 9h16l-1.5-5h-13zM5 9v11h14V9M9 20v-6h6v6M4 9a2.7 2.7 0 005.3 0 2.7 2.7 0 005.4 0A2.7 2.7 0 0020 9",
  factions: "M5 21V4M5 5c4-2.5 6 2.5 10 0v8c-4 2.5-6-2.5-10 0M19 21V9",
  walk: "M13 4.5a1.5 1.5 0 100-.01M12 8l-3 2v4M12 8l3 3 3 1M12 8v6l3 3 1 4M12 14l-2 3-3 4",
  players: "M12 11a3.5 3.5 0 110-7 3.5 3.5 0 010 7zM5 20c0-4 3-6 7-6s7 2 7 6M17 4l1.5 1.5L21 3",
  ledger: "M5 4h11l3 3v13H5zM8 9h8M8 13h8M8 17h5",
  flags: "M6 21V4h11l-2.5 4L17 12H6",
  routes: "M5 5a2 2 0 100 .01M19 5a2 2 0 100 .01M12 20a2 2 0 100-.01M5 7v4c0 3 7 3 7 7M19 7v4c0 3-7 3-7 7",
  options: "M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h11M19 17h1M17 15v4",
  frames: "M4 17a8 8 0 1116 0M12 17l4-6M4 17h2M18 17h2M12 6V4",
  engines:
    "M12 3v4M5.6 6.6l2.8 2.8M3 14h4M21 14h-4M18.4 6.6l-2.8 2.8M12 14l4-4M12 14a1.5 1.5 0 100 .01M6 20h12",
  help: "M9.5 9a2.5 2.5 0 113.5 2.3c-.7.4-1 .9-1 1.7M12 16.5h.01M12 3a9 9 0 110 18 9 9 0 010-18z",
};

export function Icon({ name }: { readonly name: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
