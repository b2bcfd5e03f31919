import type { Failure } from "@/lib/run/failures";
import type { Recovered } from "../git/landing/landing-git";
import type { Journal, JournalEntry } from "./journal";
import type { LandingContext } from "./landing-context";
import { named } from "./path-words";

/**
 * At start: what the journal still holds was cut off. A checkout is brought to one of its two whole states; a push or a pull request is safe
 * to repeat, since the same landing makes the same commit and finds what is there.
 */
export async function recoverLandings(context: LandingContext, journal: Journal): Promise<void> {
  for (const entry of await journal.list()) {
    try {
      await recover(context, entry);
    } catch (error) {
      context.log.error({ err: error, landing: entry.id }, "a landing could not be recovered");
      await context.writer.command(entry.runId, { type: "run.land_fail", id: entry.id, failure: stuck(entry, []) });
    }
    await journal.remove(entry);
  }
}

async function recover({ writer, git, log }: LandingContext, { runId, id, write, outcome }: JournalEntry): Promise<void> {
  const landing = (await writer.state(runId))?.landings.find((one) => one.id === id);
  // It had not begun, or had ended: the crash came between the log and the journal.
  if (landing?.status !== "running") return;
  const recovered: Recovered | undefined = write === undefined ? undefined : await git.recoverCheckout(write);
  log.info({ runId, landing: id, state: recovered?.state }, "a landing had been cut off");
  if (recovered?.state === "finished" && outcome !== undefined) {
    await writer.command(runId, { type: "run.land_finish", id, outcome });
    return;
  }
  const failure =
    recovered === undefined ? REPEAT : recovered.state === "stuck" ? stuck({ write }, recovered.left) : restored(recovered.left);
  await writer.command(runId, { type: "run.land_fail", id, failure });
}

const CUT_OFF = "The server was stopped while this was landed.";

const REPEAT: Failure = {
  code: "landing",
  message: CUT_OFF,
  remedy: "Land again: what was done already is found, and nothing is done twice.",
};

function restored(left: string[]): Failure {
  if (left.length === 0) return { code: "landing", message: `${CUT_OFF} The checkout is as it was before.`, remedy: "Land again." };
  const message = `${CUT_OFF} The checkout is as it was before, but for files that have been changed since: ${named(left)}.`;
  return { code: "landing", message, remedy: "Look at those files with git diff, then land again." };
}

function stuck({ write }: Pick<JournalEntry, "write">, left: string[]): Failure {
  const message = `${CUT_OFF} The checkout was left as it was found${left.length > 0 ? ", since another git works there" : ", since it has moved on meanwhile"}.`;
  const at = write === undefined ? "git" : `git -C '${write.path}'`;
  return {
    code: "landing",
    message,
    remedy: `Look at it with ${at} status. To drop what the landing staged: ${at} restore --staged --worktree --source=${write?.head.slice(0, 12) ?? "HEAD"} -- <files>. Then land again.`,
    detail: left.length > 0 ? left.join("\n") : undefined,
  };
}
