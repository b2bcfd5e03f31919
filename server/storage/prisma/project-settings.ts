import { z } from "zod";
import { exposeSchema } from "@/lib/protocol/environment";
import type { ProjectSettings } from "../project-settings";
import type { Database } from "./database";
import { guardStorage } from "./guard-storage";

const domainsSchema = z.array(z.string());

/** Settings of projects in SQLite. */
export function createPrismaProjectSettings(database: Database): ProjectSettings {
  return guardStorage<ProjectSettings>({
    async environment(projectId) {
      const row = await database.projectEnvironment.findUnique({ where: { projectId } });
      if (row === null) return { enabled: true, seedFromCheckout: true, domains: [] };
      const { setupCommand, enabled, seedFromCheckout, domains, newest } = row;
      return {
        setupCommand: setupCommand ?? undefined,
        enabled,
        seedFromCheckout,
        domains: domainsSchema.parse(JSON.parse(domains)),
        newest: newest ?? undefined,
      };
    },
    async saveEnvironment(projectId, { domains, ...rest }) {
      const data = { ...rest, ...(domains === undefined ? {} : { domains: JSON.stringify(domains) }) };
      await database.projectEnvironment.upsert({ where: { projectId }, update: data, create: { projectId, ...data } });
    },
    async variables(projectId) {
      const rows = await database.projectVariable.findMany({ where: { projectId }, orderBy: { name: "asc" } });
      return rows.map(({ name, value, secret, expose, updatedAt }) => ({
        name,
        value,
        secret,
        expose: exposeSchema.parse(expose),
        updatedAt: updatedAt.getTime(),
      }));
    },
    async changeVariables(projectId, { set, remove }) {
      await database.$transaction([
        database.projectVariable.deleteMany({ where: { projectId, name: { in: remove } } }),
        ...set.map(({ name, ...data }) =>
          database.projectVariable.upsert({
            where: { projectId_name: { projectId, name } },
            update: data,
            create: { projectId, name, ...data },
          }),
        ),
      ]);
    },
  });
}
