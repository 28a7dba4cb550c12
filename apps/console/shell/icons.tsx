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
  help: "M9.5 9a2.5 2.5 0 113.5 2.3c-.7.4-1 .9-1 1.7M12 16.5h.01M12 3a9 9 0 110 18 9 9 0 010-18z",
};

export function Icon({ name }: { readonly name: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
