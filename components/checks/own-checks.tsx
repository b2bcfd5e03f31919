import { X } from "lucide-react";
import { type ReactElement, useId } from "react";
import { Button } from "@/components/ui/button";
import type { ProjectCheck } from "@/lib/protocol/checks";
import { type CheckForm, type FormErrors, type OwnCheck, ownKinds, storedCheck, toggled } from "./check-settings";
import { kindNames } from "./kind-names";

interface OwnChecksProps {
  form: CheckForm;
  /** All that are stored. */
  checks: readonly ProjectCheck[];
  errors: FormErrors;
  onChange: (form: CheckForm) => void;
}

/** The project's own commands, each with its fields. */
export function OwnChecks({ form, checks, errors, onChange }: OwnChecksProps): ReactElement | null {
  if (form.own.length === 0) return null;
  return (
    <ul aria-label="Own checks" className="grid min-w-0 gap-3">
      {form.own.map((own, at) => {
        const stored = storedCheck(own, checks);
        return (
          <Row
            key={own.key}
            own={own}
            number={at + 1}
            on={stored === undefined || !form.disabled.includes(stored.id)}
            canToggle={stored !== undefined}
            errors={errors}
            onToggle={(on) => stored !== undefined && onChange(toggled(form, stored.id, on))}
            onChange={(next) => onChange({ ...form, own: form.own.map((one) => (one.key === own.key ? next : one)) })}
            onRemove={() => onChange({ ...form, own: form.own.filter(({ key }) => key !== own.key) })}
          />
        );
      })}
    </ul>
  );
}

interface RowProps {
  own: OwnCheck;
  number: number;
  on: boolean;
  /** It is stored under this name. */
  canToggle: boolean;
  errors: FormErrors;
  onToggle: (on: boolean) => void;
  onChange: (own: OwnCheck) => void;
  onRemove: () => void;
}

function Row({ own, number, on, canToggle, errors, onToggle, onChange, onRemove }: RowProps): ReactElement {
  const id = useId();
  const name = own.name.trim() || `check ${number}`;
  return (
    <li className="grid min-w-0 grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-2.5 gap-y-2 rounded-md border border-line px-3 py-2.5 sm:grid-cols-[auto_minmax(0,2fr)_minmax(0,3fr)_auto_auto]">
      <input
        type="checkbox"
        aria-label={`Run ${name}`}
        checked={on}
        disabled={!canToggle}
        title={canToggle ? undefined : "It can be turned off once it is saved."}
        onChange={(event) => onToggle(event.target.checked)}
        className="mt-[29px] size-4 accent-primary"
      />
      <Field
        id={`${id}-name`}
        label="Name"
        value={own.name}
        error={errors.get(`${own.key}.name`)}
        onChange={(value) => onChange({ ...own, name: value })}
      />
      <Field
        id={`${id}-command`}
        label="Command"
        mono
        value={own.command}
        placeholder="npm test"
        error={errors.get(`${own.key}.command`)}
        onChange={(command) => onChange({ ...own, command })}
      />
      <div className="grid gap-1 max-sm:col-start-2">
        <label htmlFor={`${id}-kind`} className="text-meta text-muted">
          Kind
        </label>
        <select
          id={`${id}-kind`}
          value={own.kind}
          onChange={(event) => onChange({ ...own, kind: ownKinds.find((kind) => kind === event.target.value) ?? own.kind })}
          className="field h-9"
        >
          {ownKinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindNames[kind]}
            </option>
          ))}
        </select>
      </div>
      <Button
        kind="quiet"
        size="icon"
        aria-label={`Remove ${name}`}
        onClick={onRemove}
        className="mt-[27px] max-sm:col-start-3 max-sm:row-start-1"
      >
        <X aria-hidden="true" className="size-3.5" />
      </Button>
    </li>
  );
}

interface FieldProps {
  id: string;
  label: string;
  value: string;
  placeholder?: string;
  mono?: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Field({ id, label, value, placeholder, mono = false, error, onChange }: FieldProps): ReactElement {
  return (
    <div className={mono ? "grid min-w-0 gap-1 max-sm:col-start-2" : "grid min-w-0 gap-1"}>
      <label htmlFor={id} className="text-meta text-muted">
        {label}
      </label>
      <input
        id={id}
        value={value}
        placeholder={placeholder}
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={(event) => onChange(event.target.value)}
        className={mono ? "field h-9 font-mono aria-invalid:border-bad" : "field h-9 aria-invalid:border-bad"}
      />
      {error !== undefined && (
        <p id={`${id}-error`} className="text-bad text-meta">
          {error}
        </p>
      )}
    </div>
  );
}
