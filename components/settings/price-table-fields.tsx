import { ListPlus, X } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { errorKey, type PriceErrors, type PriceRow, type RateFields, rateNames, rateTitles } from "./price-rows";

interface PriceTableFieldsProps {
  rows: readonly PriceRow[];
  errors: PriceErrors;
  onChange: (rows: readonly PriceRow[]) => void;
}

/** The list as fields, a model per row; a longer prompt's prices in a row below. */
export function PriceTableFields({ rows, errors, onChange }: PriceTableFieldsProps): ReactElement {
  const replace = (next: PriceRow): void => onChange(rows.map((row) => (row.key === next.key ? next : row)));
  return (
    <div className="relative overflow-x-auto rounded-md border border-line" tabIndex={0} role="group" aria-label="Price list">
      <table className="w-full min-w-[760px] border-collapse text-body">
        <thead className="text-left text-meta text-muted">
          <tr>
            <th scope="col" className="w-[230px] px-3 py-2 font-normal">
              Model
            </th>
            {rateNames.map((name) => (
              <th key={name} scope="col" className="px-2 py-2 text-right font-normal">
                {rateTitles[name]}
              </th>
            ))}
            <th scope="col" className="w-[68px]">
              <span className="sr-only">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.key}
              row={row}
              errors={errors}
              onChange={replace}
              onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="border-line border-t px-3 py-4 text-muted">No model has a price.</p>}
    </div>
  );
}

interface RowProps {
  row: PriceRow;
  errors: PriceErrors;
  onChange: (row: PriceRow) => void;
  onRemove: () => void;
}

function Row({ row, errors, onChange, onRemove }: RowProps): ReactElement {
  const { above } = row;
  const name = row.model.trim() || "new model";
  return (
    <>
      <tr className="border-line border-t">
        <td className="px-1 py-0.5">
          <Field
            label={`Model id of ${name}`}
            value={row.model}
            error={errors.get(errorKey(row.key, "model"))}
            onChange={(model) => onChange({ ...row, model })}
            className="font-mono text-[12px]"
          />
        </td>
        <Rates
          of={name}
          rates={row.rates}
          error={(rate) => errors.get(errorKey(row.key, rate))}
          onChange={(rates) => onChange({ ...row, rates })}
        />
        <td className="whitespace-nowrap pr-1 text-right">
          {above === undefined && (
            <Button
              kind="quiet"
              size="icon"
              aria-label={`Add prices for long prompts to ${name}`}
              title="Other prices for long prompts"
              onClick={() => onChange({ ...row, above: { tokens: "", rates: row.rates } })}
            >
              <ListPlus aria-hidden="true" className="size-3.5" />
            </Button>
          )}
          <Button kind="quiet" size="icon" aria-label={`Remove ${name}`} onClick={onRemove}>
            <X aria-hidden="true" className="size-3.5" />
          </Button>
        </td>
      </tr>
      {above !== undefined && (
        <tr>
          <td className="flex items-center gap-1 py-0.5 pr-1 pl-3 text-meta text-muted">
            <span className="shrink-0">prompts above</span>
            <Field
              label={`Tokens above which ${name} is dearer`}
              value={above.tokens}
              error={errors.get(errorKey(row.key, "tokens"))}
              onChange={(tokens) => onChange({ ...row, above: { ...above, tokens } })}
              className="w-24"
            />
          </td>
          <Rates
            of={`${name}, long prompts`}
            rates={above.rates}
            error={(rate) => errors.get(errorKey(row.key, rate, true))}
            onChange={(rates) => onChange({ ...row, above: { ...above, rates } })}
          />
          <td className="pr-1 text-right">
            <Button
              kind="quiet"
              size="icon"
              aria-label={`Remove prices for long prompts from ${name}`}
              onClick={() => onChange({ ...row, above: undefined })}
            >
              <X aria-hidden="true" className="size-3.5" />
            </Button>
          </td>
        </tr>
      )}
    </>
  );
}

interface RatesProps {
  of: string;
  rates: RateFields;
  error: (name: keyof RateFields) => string | undefined;
  onChange: (rates: RateFields) => void;
}

function Rates({ of, rates, error, onChange }: RatesProps): ReactElement {
  // What counts while the field is empty: times the input's price.
  const usual = { cache_write_5m: 1.25, cache_write_1h: 2 } as const;
  return (
    <>
      {rateNames.map((name) => {
        const factor = name === "cache_write_5m" || name === "cache_write_1h" ? usual[name] : undefined;
        const input = Number(rates.input);
        return (
          <td key={name} className="px-1 py-0.5">
            <Field
              label={`${rateTitles[name]} of ${of}`}
              value={rates[name]}
              placeholder={
                factor === undefined || rates.input === "" || Number.isNaN(input) ? "" : String(Number((input * factor).toFixed(4)))
              }
              error={error(name)}
              onChange={(value) => onChange({ ...rates, [name]: value })}
              className="text-right"
              numeric
            />
          </td>
        );
      })}
    </>
  );
}

interface FieldProps {
  label: string;
  value: string;
  placeholder?: string;
  error: string | undefined;
  numeric?: boolean;
  className?: string;
  onChange: (value: string) => void;
}

function Field({ label, value, placeholder, error, numeric, className, onChange }: FieldProps): ReactElement {
  return (
    <input
      aria-label={label}
      title={error}
      aria-invalid={error !== undefined}
      value={value}
      placeholder={placeholder}
      inputMode={numeric === true ? "decimal" : undefined}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
      className={cx("table-field", className)}
    />
  );
}
