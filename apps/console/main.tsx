import "@fontsource/eb-garamond/500.css";
import "@fontsource/eb-garamond/500-italic.css";
import "@fontsource/eb-garamond/600.css";
import "@fontsource/inter/400.css";
import "@fontsource/inter/600.css";
import "@fontsource/jetbrains-mono/400.css";
import "./style/tokens.css";
import "./style/page.css";
import "./style/legend.css";
import "./style/desk.css";
import "./style/bar.css";
import "./style/engines.css";
import "./style/phone.css";
import { createRoot } from "react-dom/client";
import { openValley } from "./data/valley.ts";
import { Shell } from "./shell/shell.tsx";
import { Unreachable } from "./shell/unreachable.tsx";

const root = createRoot(document.getElementById("app") as HTMLElement);

openValley().then(
  (valley) => root.render(<Shell valley={valley} />),
  (error: unknown) =>
    root.render(<Unreachable reason={error instanceof Error ? error.message : String(error)} />),
);
