import { parseArgs } from "node:util";
import { examineMachine } from "./examine-machine";
import { findingsText } from "./findings-text";

/** `npm run doctor -- [--json] [--offline]`: ends with 1 when something keeps the server from its work. */
const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, offline: { type: "boolean", default: false } } });
const findings = await examineMachine({ online: !values.offline });
const colour = process.stdout.isTTY && process.stdout.hasColors();
process.stdout.write(values.json ? `${JSON.stringify(findings, undefined, 2)}\n` : findingsText(findings, colour));
process.exitCode = findings.some(({ state }) => state === "wrong") ? 1 : 0;
