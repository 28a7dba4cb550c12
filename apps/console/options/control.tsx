import { type Definition, ValueType } from "@orrery/schema/settings/v1";

/** What a setting is changed with: as fits its type, and held by keys alone. */
export function Control({
  definition,
  label,
  describedBy,
  text,
  disabled,
  onText,
}: {
  readonly definition: Definition;
  readonly label: string;
  readonly describedBy: string;
  /** As it stands, or as it is being typed. */
  readonly text: string;
  readonly disabled: boolean;
  onText(text: string): void;
}) {
  const { type, values, min, max, step } = definition;
  const common = { "aria-label": label, "aria-describedby": describedBy, disabled };
  switch (type) {
    case ValueType.BOOL:
      return (
        <input
          {...common}
          type="checkbox"
          checked={text === "true"}
          onChange={({ target }) => onText(String(target.checked))}
        />
      );
    case ValueType.ENUM:
      return (
        <select {...common} className="find" value={text} onChange={({ target }) => onText(target.value)}>
          {values.map((value) => (
            <option key={value} value={value}>
              {value.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      );
    case ValueType.JSON:
      return (
        <textarea
          {...common}
          className="find mono"
          value={text}
          onChange={({ target }) => onText(target.value)}
        />
      );
    case ValueType.STRING:
      return (
        <input {...common} className="find" value={text} onChange={({ target }) => onText(target.value)} />
      );
    default: {
      const bounds = { min, max, step: step ?? (type === ValueType.INT ? 1 : "any") };
      const slides = min !== undefined && max !== undefined && type !== ValueType.DURATION_MS;
      return (
        <>
          {slides && (
            <input
              {...common}
              {...bounds}
              type="range"
              value={text}
              onChange={({ target }) => onText(target.value)}
            />
          )}
          <input
            {...common}
            {...bounds}
            aria-label={slides ? `${label}, as a number` : label}
            className="find short"
            type="number"
            value={text}
            onChange={({ target }) => onText(target.value)}
          />
        </>
      );
    }
  }
}
