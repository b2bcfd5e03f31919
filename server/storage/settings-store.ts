/** What people edit, by key, as JSON. */
export interface SettingsStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** Back to what is built in. */
  remove(key: string): Promise<void>;
}
