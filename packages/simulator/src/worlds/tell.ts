import { DAY, dayOf, HOUR, iso, midnight, SECOND } from "../period.ts";
import { configure, crowds, groups } from "./catalog.ts";
import { claim, lose, trigger } from "./chain.ts";
import { correct } from "./correct.ts";
import { deliveriesOf, Log } from "./log.ts";
import { giveBack, order, refund } from "./orders.ts";
import { type SourceName, type SourceVersion, sourceTables } from "./rows.ts";
import type { Event, Script } from "./script.ts";
import { nth, Story } from "./story.ts";

/** A small world's source tables. */
export interface SmallWorld {
  /** By full table name: versions in order of arrival. Every table is there; one may be empty. */
  readonly tables: Readonly<Record<string, readonly SourceVersion[]>>;
  /** The days on which something may happen or arrive, and so may be built: YYYY-MM-DD, in order. */
  readonly days: readonly string[];
  /** What was known when the world began. */
  readonly bootstrap_at: string;
  /** The script it was told from. */
  readonly script: Script;
}

const FIRST_DAY = "2025-06-01";
/** What happens on the last days arrives and takes effect within these. */
const AFTERMATH = 3;

/** Tells a script's world. The same script, the same rows. */
export function tell(script: Script): SmallWorld {
  const start = midnight(FIRST_DAY);
  const log = new Log();
  configure(log, start, script.days);
  register(log, script, start);
  const story = new Story(log, script);
  const byTime = script.events
    .map((event) => ({ event, at: start + (event.day % script.days) * DAY + event.second * SECOND }))
    .sort((a, b) => a.at - b.at);
  for (const { event, at } of byTime) happen(story, event, at);
  const days = Array.from({ length: script.days + AFTERMATH }, (_, i) => dayOf(start + i * DAY));
  const end = start + days.length * DAY;
  return { days, bootstrap_at: iso(start), script, tables: arrived(log, start, end) };
}

function happen(story: Story, event: Event, at: number): void {
  const next = deliveriesOf(event);
  if (event.kind === "trigger") trigger(story, event, at, next);
  else if (event.kind === "claim") claim(story, event, at, next);
  else if (event.kind === "order") order(story, event, at, next);
  else if (event.kind === "refund") refund(story, event, at, next);
  else if (event.kind === "return") giveBack(story, event.line, event.percent, at, next);
  else if (event.kind === "lose") lose(story, event, at, next);
  else if (event.kind === "correct") correct(story.log, event, at, next());
  else if (event.kind === "tag")
    story.log.write(
      "tag",
      {
        ds: dayOf(at),
        user_id: story.user(event.user),
        consumption_level: `L${(event.level % 5) + 1}`,
        crowd_code: nth(crowds, event.crowd) ?? null,
        live_activity_level: nth(["none", "low", "mid", "high"], event.level) ?? null,
      },
      at,
      next(),
    );
  else
    story.log.write(
      "assignment",
      {
        experiment_id: "X1",
        user_id: story.user(event.user),
        group_code: nth(groups, event.group) ?? "control",
        assigned_at: iso(at),
      },
      at,
      next(),
    );
}

/** Users' rows, all but the last one's: not every user of an order is in the dimension. */
function register(log: Log, script: Script, start: number): void {
  for (let u = 0; u < Math.max(1, script.users - 1); u++)
    log.write(
      "user",
      {
        user_id: `u${u + 1}`,
        registered_at: iso(start - u * 40 * DAY + HOUR),
        gender_code: null,
        age_band: null,
        city_tier: null,
      },
      start,
      { lag: 0, again: null, tie: false },
    );
}

function arrived(log: Log, start: number, end: number): SmallWorld["tables"] {
  const names = Object.keys(sourceTables) as SourceName[];
  return Object.fromEntries(
    names.map((source) => [
      sourceTables[source].table,
      (log.versions.get(source) ?? [])
        .filter((version) => version.ingested_at < iso(end))
        // Nothing but the configuration was known before the world began.
        .map((version) =>
          version.ingested_at < iso(start) ? { ...version, ingested_at: iso(start + SECOND) } : version,
        )
        .sort((a, b) => (a.ingested_at < b.ingested_at ? -1 : a.ingested_at > b.ingested_at ? 1 : 0)),
    ]),
  );
}
