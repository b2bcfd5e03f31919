/**
 * A reporter for Mocha (https://mochajs.org/api/tutorial-custom-reporter.html) that writes what Jest's JSON says: Mocha's own XUnit names no files
 * before version 10, and leaves nothing on the output. Text of a CommonJS module, since Mocha loads it from a path.
 */
export const mochaReporter = `"use strict";
const fs = require("fs");
module.exports = function report(runner, { reporterOptions = {}, reporterOption = reporterOptions } = {}) {
  const files = new Map();
  const fileOf = (test) => {
    for (let at = test.ctx && test.ctx.currentTest ? test.ctx.currentTest : test; at; at = at.parent) if (at.file) return at.file;
    return "";
  };
  const take = (test, status, error) => {
    const name = fileOf(test);
    const file = files.get(name) || { name, status: "passed", message: "", assertionResults: [] };
    files.set(name, file);
    const titles = test.titlePath ? test.titlePath() : [test.fullTitle()];
    if (status === "failed") file.status = "failed";
    const message = error && (error.stack || error.message || String(error));
    file.assertionResults.push({ ancestorTitles: titles.slice(0, -1), title: titles[titles.length - 1] || "", status, duration: test.duration, failureMessages: message ? [message] : [] });
    console.log((status === "passed" ? "  ✓ " : status === "failed" ? "  ✗ " : "  - ") + titles.join(" > ") + (message ? "\\n" + message : ""));
  };
  // A test that is run again after it failed is told of once.
  runner.on("pass", (test) => take(test, "passed"));
  runner.on("fail", (test, error) => take(test, "failed", error));
  runner.on("pending", (test) => take(test, "skipped"));
  runner.once("end", () => fs.writeFileSync(reporterOption.output || reporterOptions.output, JSON.stringify({ testResults: [...files.values()] })));
};
`;
