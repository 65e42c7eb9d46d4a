/** The door behind which the Dataform CLI waits for the data. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Gate } from "../../packages/cli/src/dataform/gate.ts";

const asked: string[] = [];
const warehouse = createServer((request, response) => {
  asked.push(request.url ?? "");
  response.end(`answer to ${request.url}`);
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => warehouse.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(warehouse.address() as AddressInfo).port}`;
});
afterAll(() => warehouse.close());

test("whoever calls waits until it opens, and is then answered by the warehouse", async () => {
  const gate = await Gate.before(url);
  const answer = fetch(`${gate.url}/first`).then((response) => response.text());
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toEqual([]);
  gate.open();
  expect(await answer).toBe("answer to /first");
  expect(await (await fetch(`${gate.url}/second`)).text()).toBe("answer to /second");
  gate.close();
});

test("closed without having opened, it lets nobody through", async () => {
  const before = asked.length;
  const gate = await Gate.before(url);
  const answer = fetch(gate.url);
  await new Promise((resolve) => setTimeout(resolve, 100));
  gate.close();
  await expect(answer).rejects.toThrow();
  gate.open();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toHaveLength(before);
});
