import { DAY, MINUTE, SECOND } from "../period.ts";
import type { Platform } from "../platform.ts";
import { EXECUTIONS } from "./triggers.ts";

/** Numbers of orders that a benefit caused start here; o = u * 32768 + number. */
const FIRST_CAUSED = 8192;

/**
 * Table `purchase`: every order. o, u, created (us); cause: 'organic', 'lift' (by a strategy), 'experiment', 'forward'
 * (organic, but earlier); c: the claim that caused it; and what becomes of it, see `fate`.
 *
 * Every execution's first claim may cause one more order. How probably is the version's lift, or in an experiment the
 * group's lift for the user's stage on the day before the assignment. Stages see the orders that no experiment caused;
 * a user is in one experiment at most, so these are all orders that the user had made by then.
 */
export async function createOrders(platform: Platform): Promise<void> {
  const { draw, parameters, period } = platform;
  const { delay } = parameters.redemptions;
  await platform.sql(`CREATE TABLE first_claim AS
SELECT x, u, arg_min(c, c) AS c, min(claimed) AS claimed
FROM claim
WHERE x IS NOT NULL
GROUP BY x, u`);
  // When an order that the claim causes is made: within the validity of the benefit.
  await platform.sql(`CREATE TABLE caused AS
SELECT
  first.x, first.u, first.c, claim.claimed, execution.e, execution.v,
  greatest(claim.claimed, valid_from) + least(
    ${10 * MINUTE} + floor(${delay.median_days * DAY} * least(${draw.longTail("first.x", "caused", delay.shape)}, 1000))::BIGINT,
    floor((0.5 + 0.49 * ${draw.uniform("first.x", "caused at last")}) * (valid_to - greatest(claim.claimed, valid_from)))::BIGINT
  ) // ${SECOND} * ${SECOND} AS created
FROM first_claim AS first
JOIN claim ON claim.c = first.c
JOIN execution ON execution.x = first.x
WHERE valid_to > valid_from`);
  await platform.sql(`CREATE TABLE plain_order AS
SELECT o, u, created, 'organic' AS cause, NULL::BIGINT AS c FROM organic
UNION ALL
SELECT u * 32768 + ${FIRST_CAUSED} + x % ${EXECUTIONS}, u, created, 'lift', c
FROM caused JOIN version USING (v)
WHERE e IS NULL AND ${draw.uniform("x", "lift")} < version.lift AND created < ${period.end}`);
  await createStages(platform);
  await platform.sql(`CREATE TABLE forward AS
SELECT o, u, min(created) AS created, arg_min(c, created) AS c
FROM (
  SELECT
    caused.u, caused.c, organic.o, organic.created AS planned,
    caused.claimed + floor((0.1 + 1.9 * ${draw.uniform("caused.x", "forward")}) * ${DAY})::BIGINT AS created, forward_days, caused.claimed
  FROM caused
  JOIN experiment USING (e)
  ASOF JOIN (SELECT u, created, min(o) AS o FROM organic GROUP BY u, created) AS organic ON organic.u = caused.u AND organic.created > caused.claimed
  WHERE forward_days IS NOT NULL
)
WHERE created < planned AND planned <= claimed + forward_days * ${DAY} AND created < ${period.end}
GROUP BY o, u`);
  await platform.sql(`CREATE TABLE purchase AS
SELECT base.*, ${fate(platform)}
FROM (
  SELECT
    plain_order.o, plain_order.u,
    coalesce(forward.created, plain_order.created) AS created,
    CASE WHEN forward.o IS NULL THEN plain_order.cause ELSE 'forward' END AS cause,
    coalesce(forward.c, plain_order.c) AS c
  FROM plain_order
  LEFT JOIN forward USING (o)
  UNION ALL
  SELECT caused.u * 32768 + ${FIRST_CAUSED} + caused.x % ${EXECUTIONS}, caused.u, caused.created, 'experiment', caused.c
  FROM caused
  JOIN person ON person.u = caused.u
  JOIN stage ON stage.u = caused.u
  JOIN experiment_group AS grp ON grp.e = person.e AND grp.g = person.g
  WHERE caused.e IS NOT NULL AND caused.created < ${period.end}
    AND ${draw.uniform("caused.x", "lift")} < CASE stage.stage
      WHEN 'potential' THEN lift_potential WHEN 'new' THEN lift_new WHEN 'mature' THEN lift_mature ELSE lift_churned END
) AS base`);
  for (const table of ["organic", "first_claim", "caused", "plain_order"])
    await platform.sql(`DROP TABLE ${table}`);
}

/** Table `stage`: u, stage of every assigned user on the day before the assignment. */
async function createStages(platform: Platform): Promise<void> {
  const { period } = platform;
  await platform.sql(`CREATE TABLE stage AS
WITH known AS (
  SELECT person.u, ${period.start} + ((assigned - ${period.start}) // ${DAY}) * ${DAY} AS midnight
  FROM person
  WHERE e IS NOT NULL
),
valid AS (
  SELECT known.u, midnight, paid
  FROM known
  JOIN (SELECT o, u, created, ${fate(platform)} FROM plain_order AS base) AS made ON made.u = known.u
  WHERE paid < midnight AND (refund IS DISTINCT FROM 'whole' OR refunded >= midnight)
),
counted AS (
  SELECT u, any_value(midnight) AS midnight, count(*) AS orders, max(paid) AS last_paid
  FROM valid
  GROUP BY u
)
SELECT
  known.u,
  CASE
    WHEN orders IS NULL THEN 'potential'
    WHEN known.midnight - last_paid > ${180 * DAY} THEN 'churned'
    WHEN orders >= 3 THEN 'mature'
    ELSE 'new' END AS stage
FROM known
LEFT JOIN counted ON counted.u = known.u`);
}

/**
 * What becomes of an order, by its number o alone, so that every step agrees: paid (us; NULL: cancelled), cancelled (us),
 * line_cnt, later (us; lines after the first are paid only then, -1: never, NULL: with the first), refund ('whole',
 * 'line', 'part', 'rejected', NULL), refunded (us, of the last line), is_returned (benefits come back).
 */
function fate(platform: Platform): string {
  const { draw, parameters } = platform;
  const { orders, refunds } = parameters;
  const chance = (name: string, share: number) => draw.chance("base.o", name, share);
  const cancelled = chance("cancelled", orders.cancelled_rate);
  const payDelay = `CASE WHEN ${chance("slow payment", orders.slow_payment_rate)}
      THEN floor(${draw.uniform("base.o", "payment delay")} * ${DAY})::BIGINT
      ELSE floor((5 + ${draw.uniform("base.o", "payment delay")} * 300) * ${SECOND})::BIGINT END`;
  const kind = draw.uniform("base.o", "refund");
  const whole = refunds.whole_order_rate;
  const line = whole + refunds.one_line_rate;
  const part = line + refunds.part_rate;
  return `
    CASE WHEN ${cancelled} THEN NULL ELSE base.created + ${payDelay} END AS paid,
    CASE WHEN ${cancelled} THEN base.created + floor((0.02 + ${draw.uniform("base.o", "cancel delay")}) * ${DAY})::BIGINT END AS cancelled,
    ${draw.pick("base.o", "lines", orders.lines)} AS line_cnt,
    CASE WHEN ${chance("split payment", orders.split_payment_rate)}
      THEN CASE WHEN ${chance("split never", orders.split_never_rate)} THEN -1
        ELSE floor((0.3 + 3 * ${draw.uniform("base.o", "split delay")}) * ${DAY})::BIGINT END END AS later,
    CASE WHEN ${cancelled} THEN NULL
      WHEN ${kind} < ${whole} THEN 'whole'
      WHEN ${kind} < ${line} THEN 'line'
      WHEN ${kind} < ${part} THEN 'part'
      WHEN ${kind} < ${part + refunds.rejected_rate} THEN 'rejected' END AS refund,
    base.created + CASE WHEN ${chance("split payment", orders.split_payment_rate)} THEN ${5 * DAY} ELSE ${1.5 * DAY} END + floor(${refunds.delay.median_days * DAY} * least(${draw.longTail("base.o", "refund delay", refunds.delay.shape)}, 80))::BIGINT AS refunded,
    ${chance("benefits returned", refunds.benefit_return_rate)} AS is_returned`;
}
