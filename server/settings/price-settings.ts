import { builtInPrices, type PriceTable, priceTableSchema } from "@/lib/pricing/price-table";
import type { PricesResponse } from "@/lib/protocol/spending";
import type { SettingsStore } from "../storage/settings-store";

/** The price list: what is built in until somebody edits it. */
export interface PriceSettings {
  /** In force now. */
  current(): PriceTable;
  describe(): PricesResponse;
  /** Replaces the whole list, for every call from now on; what was charged stays as it was. */
  replace(table: PriceTable): Promise<PricesResponse>;
  /** Back to the list that this version came with. */
  reset(): Promise<PricesResponse>;
}

const KEY = "prices";

/** Reads the list that is kept. One that this version cannot read stops the start: wrong prices would break promises about money. */
export async function openPriceSettings(store: SettingsStore): Promise<PriceSettings> {
  const kept = await store.get(KEY);
  let edited = kept === undefined ? undefined : priceTableSchema.parse(JSON.parse(kept));
  const describe = (): PricesResponse => ({ ...(edited ?? builtInPrices), edited: edited !== undefined });
  return {
    current: () => edited ?? builtInPrices,
    describe,
    async replace(table) {
      await store.set(KEY, JSON.stringify(table));
      edited = table;
      return describe();
    },
    async reset() {
      await store.remove(KEY);
      edited = undefined;
      return describe();
    },
  };
}
