import { table } from "../format/table.ts";
import { colorsFor, type Io } from "../io.ts";
import type { JobFigures } from "../warehouse/client.ts";
import { total } from "./costs.ts";
import type { Measured } from "./incremental.ts";

/** Two tables: the costs by history in all, then the daily costs by table. Ratios are to the shortest history. */
export async function benchReport(io: Io, measured: readonly Measured[]): Promise<string> {
  const colors = colorsFor(io.stdout, io.env);
  const right = (title: string) => ({ title, align: "right" as const });
  const [shortest] = measured;
  if (!shortest) return "Nothing was measured.";
  const least = total(shortest.daily);
  const overall = await table(
    [
      right("days of history"),
      right("daily run, s"),
      right("MB"),
      right("MB, to the shortest"),
      right("full refresh, s"),
      right("MB"),
      right("daily / full, s"),
      right("daily / full, MB"),
    ],
    measured.map(({ history, daily, refresh }) => {
      const [day, full] = [total(daily), total(refresh)];
      return [
        String(history),
        day.seconds.toFixed(2),
        megabytes(day),
        ratio(day.bytes, least.bytes),
        full.seconds.toFixed(2),
        megabytes(full),
        percent(day.seconds, full.seconds),
        percent(day.bytes, full.bytes),
      ];
    }),
    colors,
  );
  const longest = measured.at(-1) ?? shortest;
  const names = [...longest.daily.keys()].filter(
    (name) => total(new Map([[name, cost(longest, name)]])).bytes > 0,
  );
  const byTable = await table(
    [
      { title: "daily run, MB" },
      ...measured.map(({ history }) => right(`${history} days`)),
      right(`${longest.history} / ${shortest.history}`),
      right(`of the full refresh, ${longest.history} days`),
    ],
    names
      .sort((a, b) => cost(longest, b).bytes - cost(longest, a).bytes)
      .map((name) => [
        name,
        ...measured.map((one) => megabytes(cost(one, name))),
        ratio(cost(longest, name).bytes, cost(shortest, name).bytes),
        percent(cost(longest, name).bytes, longest.refresh.get(name)?.bytes ?? 0),
      ]),
    colors,
  );
  return `${overall}\n\n${byTable}`;
}

function cost({ daily }: Measured, name: string): JobFigures {
  return daily.get(name) ?? { seconds: 0, bytes: 0 };
}

function megabytes({ bytes }: JobFigures): string {
  return (bytes / 1e6).toFixed(2);
}

function ratio(value: number, to: number): string {
  return to === 0 ? "" : (value / to).toFixed(2);
}

function percent(value: number, of: number): string {
  return of === 0 ? "" : `${((100 * value) / of).toFixed(1)} %`;
}
