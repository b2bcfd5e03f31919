import type { SettingsStore } from "../settings-store";
import type { Database } from "./database";
import { guardStorage } from "./guard-storage";

/** Settings in SQLite. */
export function createPrismaSettingsStore(database: Database): SettingsStore {
  return guardStorage<SettingsStore>({
    async get(key) {
      return (await database.setting.findUnique({ where: { key } }))?.value;
    },
    async set(key, value) {
      await database.setting.upsert({ where: { key }, update: { value }, create: { key, value } });
    },
    async remove(key) {
      await database.setting.deleteMany({ where: { key } });
    },
  });
}
