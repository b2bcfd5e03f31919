-- AlterTable
ALTER TABLE "Run" ADD COLUMN "searchText" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Run" ADD COLUMN "winner" INTEGER;

-- Both are projections: for the runs that are there already, from the row that was shown of them.
UPDATE "Run" SET
  "searchText" = replace(replace(replace(
    lower(coalesce(json_extract("summary", '$.repository_name'), '') || char(10) || coalesce(json_extract("summary", '$.prompt'), '')),
    '%', char(1)), '_', char(2)), char(92), char(3)),
  "winner" = json_extract("summary", '$.winning_variation_id')
WHERE json_valid("summary");

-- CreateIndex
CREATE INDEX "Run_projectId_createdAt_id_idx" ON "Run"("projectId", "createdAt", "id");
