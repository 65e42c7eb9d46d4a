import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataform } from "../support/dataform.ts";
import type { TestedWarehouse } from "./check-worlds.ts";
import type { FastWarehouse } from "./fast-warehouse.ts";

/** The same warehouse, but every run is the stock Dataform CLI's, over HTTP. */
export function runByCli(warehouse: FastWarehouse): TestedWarehouse {
  return {
    fill: (versions) => warehouse.fill(versions),
    rows: (table) => warehouse.rows(table),
    async run({ runDate, asOf }, { fullRefresh = false } = {}) {
      const folder = mkdtempSync(join(tmpdir(), "growth-replay-"));
      try {
        const credentials = join(folder, "credentials.json");
        writeFileSync(credentials, JSON.stringify({ projectId: "local", location: "US" }));
        await dataform({
          url: warehouse.url,
          folder,
          args: [
            "run",
            `--credentials=${credentials}`,
            `--vars=run_date=${runDate},as_of_at=${asOf}`,
            `--actions=${warehouse.actions.join(",")}`,
            "--disable-assertions",
            ...(fullRefresh ? ["--full-refresh"] : []),
          ],
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      warehouse.forget();
    },
  };
}

/** The scripts that a server was sent lately, whoever sent them, and how often. */
export async function sentTo(url: string): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  for (let token: string | undefined = ""; token !== undefined; ) {
    const answer = await fetch(`${url}/bigquery/v2/projects/local/jobs?projection=full&pageToken=${token}`);
    const page = (await answer.json()) as {
      jobs: { configuration: { query?: { query: string } } }[];
      nextPageToken?: string;
    };
    for (const { configuration } of page.jobs) {
      const script = configuration.query?.query;
      if (script !== undefined) sent.set(script, (sent.get(script) ?? 0) + 1);
    }
    token = page.nextPageToken;
  }
  return sent;
}
