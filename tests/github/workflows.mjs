// Reads workflows and actions as GitHub's own editor does: node workflows.mjs FILE ...
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { pathToFileURL } from "node:url";

// The service imports JSON without saying so, which bundlers allow and Node does not.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const { validate } = await import("@actions/languageservice");
const { registerLogger } = await import("@actions/languageservice/log");
const { TextDocument } = await import("vscode-languageserver-textdocument");

// What it cannot do itself it logs: that is no answer, and no pass.
const fail = (message) => {
  throw new Error(message);
};
registerLogger({ log() {}, info() {}, warn() {}, error: fail });

for (const file of process.argv.slice(2)) {
  const text = await readFile(file, "utf8");
  const document = TextDocument.create(pathToFileURL(file).href, "yaml", 0, text);
  for (const { range, message } of await validate(document)) {
    console.log(`${file}:${range.start.line + 1}: ${message}`);
    process.exitCode = 1;
  }
}
