-- AlterTable
ALTER TABLE "Project" ADD COLUMN "monthlyDollars" REAL;

-- CreateTable
CREATE TABLE "ModelCall" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "runId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "variation" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "requestedModel" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "inputTokens" INTEGER NOT NULL DEFAULT 0,
    "outputTokens" INTEGER NOT NULL DEFAULT 0,
    "cacheReadTokens" INTEGER NOT NULL DEFAULT 0,
    "cacheWriteTokens" INTEGER NOT NULL DEFAULT 0,
    "cacheWrite1hTokens" INTEGER NOT NULL DEFAULT 0,
    "dollars" REAL,
    "startedAt" DATETIME NOT NULL,
    "firstByteMs" INTEGER,
    "totalMs" INTEGER,
    "requestId" TEXT,
    "error" TEXT,
    "requestBody" TEXT,
    "responseBody" TEXT
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "ModelCall_runId_id_idx" ON "ModelCall"("runId", "id");

-- CreateIndex
CREATE INDEX "ModelCall_projectId_startedAt_idx" ON "ModelCall"("projectId", "startedAt");

-- CreateIndex
CREATE INDEX "ModelCall_outcome_idx" ON "ModelCall"("outcome");
