import { Restart, Scope, Visibility } from "@orrery/schema/settings/v1";
import {
  choice,
  count,
  duration,
  json,
  OF_WORLDS,
  ON_DEVICE,
  range,
  type Shipped,
  text,
  toggle,
} from "./define.ts";

const PERCENT = { unit: "%", step: 1 };
const CLIENT = { ...ON_DEVICE, restart: Restart.CLIENT };

const audio: Shipped[] = [
  ...["master", "music", "effects", "voices", "ambience"].map((name) =>
    count(`audio.${name}_volume`, name === "music" ? 70 : 100, 0, 100, PERCENT),
  ),
  toggle("audio.mute_when_unfocused", true),
  choice("audio.output", ["stereo", "headphones", "surround", "mono"], "stereo", ON_DEVICE),
];

const video: Shipped[] = [
  choice("video.quality", ["low", "medium", "high", "ultra"], "medium", ON_DEVICE),
  choice("video.window", ["fullscreen", "borderless", "windowed"], "borderless", CLIENT),
  toggle("video.vsync", true, ON_DEVICE),
  count("video.field_of_view", 80, 60, 120, { unit: "°", step: 1 }),
  range("video.brightness", 1, 0.5, 1.5, { step: 0.05, ...ON_DEVICE }),
];

const controls: Shipped[] = [
  range("controls.look_sensitivity", 1, 0.1, 5, { step: 0.1 }),
  toggle("controls.invert_y", false),
  toggle("controls.vibration", true),
  json("controls.bindings", "{}", 4_096, ON_DEVICE),
];

const subtitles: Shipped[] = [
  toggle("subtitles.enabled", true),
  choice("subtitles.size", ["small", "medium", "large", "huge"], "medium"),
  toggle("subtitles.speaker_names", true),
  range("subtitles.background", 0.6, 0, 1, { step: 0.1 }),
];

const accessibility: Shipped[] = [
  range("accessibility.text_scale", 1, 0.8, 2, { step: 0.05 }),
  choice("accessibility.contrast", ["standard", "high"]),
  choice("accessibility.colour_vision", ["standard", "protanopia", "deuteranopia", "tritanopia"]),
  toggle("accessibility.reduced_motion", false),
  toggle("accessibility.hold_to_toggle", false),
  toggle("accessibility.one_handed", false),
  toggle("accessibility.screen_reader", false),
];

const performance: Shipped[] = [
  choice("performance.mode", ["immersive", "competitive"], "immersive", ON_DEVICE),
  choice("performance.preset", ["low", "medium", "high", "ultra"], "medium", ON_DEVICE),
  count("performance.frame_limit", 60, 30, 240, { unit: "Hz", ...ON_DEVICE }),
];

const privacy: Shipped[] = [
  toggle("privacy.share_diagnostics", false),
  toggle("privacy.visible_online", true),
  choice("privacy.messages_from", ["everyone", "friends", "nobody"], "friends"),
];

const CEILING = { ...OF_WORLDS, scopes: [Scope.PLATFORM, Scope.WORLD] };
export const WORLD_CEILING = "world.ceiling_";
export const CEILING_KEYS = [
  "violence",
  "gore",
  "fear",
  "language",
  "intimacy",
  "substances",
  "gambling",
  "moral_weight",
].map((name) => `${WORLD_CEILING}${name}`);

const world: Shipped[] = [
  text("world.welcome", "", 500, OF_WORLDS),
  duration("world.idle_kick", 1_800_000, 60_000, 86_400_000, OF_WORLDS),
  // Of all that is shown in the world: content levels 0..4.
  ...CEILING_KEYS.map((key) => count(key, 4, 0, 4, CEILING)),
];

const features: Shipped[] = [
  toggle("features.model_dialogue", true, {
    scopes: [Scope.PLATFORM, Scope.WORLD, Scope.TIER, Scope.PLAYER],
    restart: Restart.SESSION,
  }),
  text("features.operator_note", "", 1_000, {
    scopes: [Scope.PLATFORM, Scope.WORLD],
    visibility: Visibility.SERVICE,
  }),
  text("features.webhook_token", "", 200, {
    scopes: [Scope.PLATFORM, Scope.WORLD],
    visibility: Visibility.SECRET,
    restart: Restart.SERVICE,
  }),
];

/** What every world has. */
export const SHIPPED: readonly Shipped[] = [
  ...audio,
  ...video,
  ...controls,
  ...subtitles,
  ...accessibility,
  ...performance,
  ...privacy,
  ...world,
  ...features,
];
