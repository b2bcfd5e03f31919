"use client";

import type { ReactElement } from "react";
import { chooseTextSize, chooseTheme, useTextSize, useTheme } from "@/components/shell/use-theme";
import { SettingsSection } from "./settings-section";

const themes = [
  { value: "system", name: "System", about: "As the operating system is set" },
  { value: "light", name: "Light", about: "Dark text on white" },
  { value: "dark", name: "Dark", about: "Light text on near-black" },
] as const;
const sizes = [
  { value: "standard", name: "Standard", about: "More at a glance" },
  { value: "large", name: "Large", about: "Two points more" },
] as const;

/** How pages look in this browser. */
export function Appearance(): ReactElement {
  const theme = useTheme();
  const size = useTextSize();
  return (
    <SettingsSection title="Appearance" note="Kept in this browser, for you alone.">
      <Choice legend="Theme" name="theme" choices={themes} value={theme} onChange={chooseTheme} />
      <Choice legend="Text size" name="text-size" choices={sizes} value={size} onChange={chooseTextSize} />
    </SettingsSection>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  name: string;
  choices: readonly { value: T; name: string; about: string }[];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ legend, name, choices, value, onChange }: ChoiceProps<T>): ReactElement {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium text-body">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="flex min-w-44 cursor-pointer items-start gap-2.5 rounded-md border border-line px-3 py-2.5 hover:border-line-strong has-checked:border-text has-focus-visible:outline-2 has-focus-visible:outline-[var(--a)]"
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              aria-label={choice.name}
              aria-describedby={`${name}-${choice.value}`}
              checked={value === choice.value}
              onChange={() => onChange(choice.value)}
              className="mt-0.5 size-4 accent-primary outline-none"
            />
            <span className="grid">
              <span className="text-body">{choice.name}</span>
              <span id={`${name}-${choice.value}`} className="text-meta text-muted">
                {choice.about}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
