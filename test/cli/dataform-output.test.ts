import { expect, test } from "vitest";
import { type ActionEvent, RunOutput } from "../../packages/cli/src/dataform/output.ts";

const green = (text: string) => `\u001b[32m${text}\u001b[0m`;
const red = (text: string) => `\u001b[91m${text}\u001b[0m`;
const cyan = (text: string) => `\u001b[36m${text}\u001b[0m`;

function read(stdout: string, stderr: string, chunk = 7) {
  const events: ActionEvent[] = [];
  const output = new RunOutput((event) => events.push(event));
  for (let at = 0; at < stdout.length; at += chunk) output.stdout(stdout.slice(at, at + chunk));
  for (let at = 0; at < stderr.length; at += chunk) output.stderr(stderr.slice(at, at + chunk));
  output.end();
  return { events, output };
}

test("ends of tables, operations and assertions are read with their jobs, however the text is cut", () => {
  const { events } = read(
    `Compiling...\n\n${green("Compiled successfully.\n")}\nRunning...\n\n` +
      `${green("Table created: ")} ${cyan("shop.orders")} [table] \n \t jobId: dataform-1,\n \t Bytes billed: 0 B\n` +
      `${green("Operation completed successfully: ")} ${cyan("shop.grant")} \n \t jobId: dataform-2, dataform-3,\n \t Bytes billed: 0 B\n` +
      `${green("Assertion passed: ")} ${cyan("checks.orders_key")}\n` +
      `${green("Skipping dataset creation: ")} ${cyan("shop.later")} [incremental]\n`,
    "",
  );
  expect(events).toEqual([
    { name: "shop.orders", outcome: "done", jobIds: ["dataform-1"] },
    { name: "shop.grant", outcome: "done", jobIds: ["dataform-2", "dataform-3"] },
    { name: "checks.orders_key", outcome: "done", jobIds: [] },
    { name: "shop.later", outcome: "skipped", jobIds: [] },
  ]);
});

test("a failed action comes with its script and GoogleSQL's message", () => {
  const { events, output } = read(
    "",
    `${red("Dataset creation failed: ")} ${cyan("shop.orders")} [table] \n \t jobId: dataform-9\n` +
      "  > create or replace table `shop.orders` as\n  > \n  > SELECT nam FROM t\n" +
      `  ${red("bigquery error: Unrecognized name: nam; Did you mean name? at [3:8]")}\n`,
  );
  expect(events).toEqual([{ name: "shop.orders", outcome: "failed", jobIds: [] }]);
  expect(output.failures).toEqual([
    {
      name: "shop.orders",
      statement: "create or replace table `shop.orders` as\n\nSELECT nam FROM t",
      message: "Unrecognized name: nam; Did you mean name? at [3:8]",
    },
  ]);
});
