import { crowdIndex } from "../behaviour/triggers.ts";
import { DAY, HOUR, MINUTE } from "../period.ts";
import type { Platform } from "../platform.ts";
import { DIRT, type Stream } from "./batches.ts";

/** Variants of a version's list of benefits; the list's number is v * 4 + variant. */
export const BENEFITS = { planned: 0, empty: 1, repeated: 2, corrected: 3 } as const;

/** The platform's big tables as streams of versions, in the order in which a batch carries them. */
export function streams(platform: Platform): Stream[] {
  return [
    users(platform),
    tags(platform),
    assignments(platform),
    executions(platform),
    coupons(platform),
    flows(platform),
    lines(platform),
    discounts(platform),
    refunds(platform),
  ];
}

function users({ draw, parameters, period }: Platform): Stream {
  const city = (name: string) => draw.pick("u", name, parameters.users.cities);
  const moved = draw.chance("u", "moved", parameters.users.moved_rate);
  const base = `SELECT u AS key, u, registered,
    ${draw.pick("u", "gender", parameters.users.genders)} AS gender, ${draw.pick("u", "age", parameters.users.ages)} AS age`;
  return {
    name: "user",
    seconds: 5,
    versions: `${base}, ${city("city")} AS city, 0 AS seq, registered AS known, 0 AS dirt FROM person
    UNION ALL
    ${base}, ${city("new city")}, 1, greatest(registered, ${period.start}) + floor(${draw.uniform("u", "moved at")} * ${period.days * DAY})::BIGINT + 1, 0
    FROM person WHERE ${moved}`,
  };
}

function tags(platform: Platform): Stream {
  const { draw, dirt, parameters, period } = platform;
  return {
    name: "tag",
    seconds: 6,
    versions: `SELECT
      d * 16777216 + u AS key, 0 AS seq, ${period.start} + (d + 1) * ${DAY} + ${150 * MINUTE} AS known, 0 AS dirt, d, u,
      greatest(0, least(4, level + ${draw.below("(u * 64 + d // 91)", "level drift", 3)} - 1)) AS level,
      ${crowdIndex(platform, "u", "d")} AS crowd, live
    FROM (SELECT u, level, live, unnest(range(first_n, end_n)) * ${parameters.delivery.tags_every_days} AS d FROM (${snapshots(platform)}))
    WHERE NOT ${draw.chance("(d * 16777216 + u)", "no tag", dirt.no_tag_rate)}`,
  };
}

/** Query of the snapshots that each user belongs in: u, level, live, first_n, end_n (exclusive), by number of snapshot. */
export function snapshots({ parameters, period }: Platform): string {
  const { tags_every_days, tags_until_days } = parameters.delivery;
  const every = tags_every_days * DAY;
  return `SELECT u, level, live, first_n, greatest(first_n, end_n) AS end_n
  FROM (
    SELECT
      person.u, level, live,
      greatest(0, registered - ${period.start}) // ${every} AS first_n,
      (least(greatest(coalesce(last_order, 0), registered) + ${tags_until_days * DAY}, ${period.end}) - ${period.start}) // ${every} AS end_n
    FROM person
    LEFT JOIN (SELECT u, max(created) AS last_order FROM purchase GROUP BY u) AS last USING (u)
  )`;
}

function assignments({ draw, dirt, period }: Platform): Stream {
  return {
    name: "assignment",
    seconds: 7,
    versions: `SELECT (u * 64 + e) * 8 + g AS key, 0 AS seq, assigned AS known, 0 AS dirt, e, u, g, assigned
    FROM person WHERE e IS NOT NULL
    UNION ALL
    -- The split forgot who had been assigned: the user got another group as well.
    SELECT (u * 64 + person.e) * 8 + other.g, 0, assigned + ${DAY}, 0, person.e, u, other.g, assigned + ${DAY}
    FROM person
    JOIN experiment_group AS other ON other.e = person.e AND other.g != person.g
    WHERE ${draw.chance("u", "double assignment", dirt.double_assignment_rate)} AND assigned + ${DAY} < ${period.end}`,
  };
}

function executions(platform: Platform): Stream {
  const { draw, dirt, parameters } = platform;
  const scenes = parameters.scenes.length;
  const list = `v * 4 + CASE WHEN is_empty THEN ${BENEFITS.empty}
      WHEN ${draw.chance("x", "repeated seq", dirt.repeated_seq_rate)} THEN ${BENEFITS.repeated} ELSE ${BENEFITS.planned} END`;
  const columns = "x, u, v, e, is_control";
  return {
    name: "execution",
    seconds: 10,
    outOfOrder: true,
    clockSkew: "seq = 0",
    tie: { column: "scene", other: `(scene + 1) % ${scenes}` },
    versions: `SELECT x * 2 AS key, 0 AS seq, triggered AS known, 0 AS dirt, ${columns}, 0 AS retry, FALSE AS is_rekeyed,
      scene, triggered, ${list} AS list
    FROM execution
    UNION ALL
    -- The platform tried again: the same execution under another log_id, seconds, or sometimes half a day, later.
    SELECT x * 2 + 1, 0, triggered + pause, ${DIRT.retry}, ${columns}, 1, FALSE, scene, triggered + pause, ${list}
    FROM (
      SELECT *, CASE
        WHEN ${draw.chance("x", "retry at once", 0.15)} THEN 0
        WHEN ${draw.chance("x", "retry late", 0.15)} THEN ${12 * HOUR}
        ELSE floor(${draw.uniform("x", "retry pause")} * ${2 * MINUTE})::BIGINT END AS pause
      FROM execution
      WHERE ${draw.chance("x", "retry", dirt.retry_rate)}
    )
    UNION ALL
    SELECT x * 2, 1, known, ${DIRT.row_correction}, ${columns}, 0, kind = 'rekeyed',
      CASE WHEN kind = 'scene' THEN (scene + 3) % ${scenes} ELSE scene END,
      CASE WHEN kind = 'moved' THEN triggered - ${DAY} ELSE triggered END,
      CASE WHEN kind = 'planned' AND NOT is_empty THEN v * 4 + ${BENEFITS.corrected} ELSE ${list} END
    FROM execution
    JOIN execution_correction USING (x)`,
  };
}

function coupons({ draw, parameters, period }: Platform): Stream {
  const { claims } = parameters;
  const night = (instant: string) =>
    `${period.start} + ((${instant} - ${period.start}) // ${DAY} + 1) * ${DAY} + ${3 * HOUR}`;
  const columns = `claim.c AS key, claim.c, claim.u, x, CASE WHEN ${draw.chance("claim.c", "without seq", claims.without_seq_rate)} THEN NULL ELSE claim.seq END AS seq_no,
      t, scene, face`;
  const voidedAt = `claimed + floor((0.05 + 0.9 * ${draw.uniform("c", "voided at")}) * (valid_to - claimed))::BIGINT`;
  return {
    name: "coupon",
    seconds: 15,
    outOfOrder: true,
    clockSkew: "seq = 0",
    tie: { column: "scene", other: `CASE WHEN scene IS NULL THEN 0 ELSE NULL END` },
    versions: `WITH unused AS (
      SELECT * FROM claim
      WHERE is_coupon AND c > 0 AND c NOT IN (SELECT c FROM coupon_use) AND c NOT IN (SELECT other_c FROM corrected_coupon)
    ),
    voided AS (
      SELECT * FROM unused WHERE ${draw.chance("c", "voided", claims.voided_rate)} AND c NOT IN (SELECT c FROM claim_correction)
    ),
    used AS (
      SELECT coupon_use.*, paid, returns.returned, correction.kind, correction.known
      FROM coupon_use
      JOIN purchase USING (o)
      LEFT JOIN returns USING (o)
      LEFT JOIN order_correction AS correction ON correction.o = coupon_use.o
    ),
    event AS (
      SELECT c, 0 AS seq, claimed AS known, 'claimed' AS status, 0 AS dirt, 0 AS days_later FROM claim WHERE is_coupon AND c > 0
      UNION ALL
      SELECT c, nth * 2 - 1, paid, 'used', 0, 0 FROM used WHERE paid IS NOT NULL
      UNION ALL
      SELECT c, nth * 2, returned, 'claimed', 0, 0 FROM used WHERE paid IS NOT NULL AND returned IS NOT NULL
      UNION ALL
      SELECT c, nth * 2, known, 'claimed', ${DIRT.order_correction}, 0 FROM used WHERE kind = 'reversed' OR (kind = 'benefit' AND c IN (SELECT c FROM corrected_coupon))
      UNION ALL
      SELECT other_c, 6, known, 'used', ${DIRT.order_correction}, 0 FROM corrected_coupon JOIN order_correction USING (o)
      UNION ALL
      SELECT c, 1, known, 'claimed', ${DIRT.row_correction}, 1 FROM claim_correction WHERE is_coupon
      UNION ALL
      SELECT c, 5, ${voidedAt}, 'voided', 0, 0 FROM voided
      UNION ALL
      SELECT c, 5, greatest(${night("valid_to")}, coalesce(${night("corrected.known")}, 0)), 'expired', 0, CASE WHEN corrected.c IS NULL THEN 0 ELSE 1 END
      FROM unused
      LEFT JOIN claim_correction AS corrected USING (c)
      WHERE c NOT IN (SELECT c FROM voided) AND ${draw.chance("c", "marked expired", claims.expired_status_rate)}
    )
    SELECT ${columns}, event.seq, known, event.dirt, event.status,
      claimed + days_later * ${DAY} AS claimed,
      CASE WHEN valid_from = claimed THEN valid_from + days_later * ${DAY} ELSE valid_from END AS valid_from, valid_to
    FROM event
    JOIN claim USING (c)
    UNION ALL
    -- Nobody saw the claim of a paper coupon, only its use.
    SELECT ${columns}, 0, claimed, 0, CASE WHEN paid IS NULL THEN 'claimed' ELSE 'used' END, claimed, valid_from, valid_to
    FROM claim JOIN purchase ON purchase.o = -claim.c
    WHERE claim.c < 0`,
  };
}

function flows({ draw, parameters }: Platform): Stream {
  const columns = `flow.c, flow.type, flow.l, claim.u, claim.t, claim.valid_to, claim.x,
    CASE WHEN ${draw.chance("flow.c", "without seq", parameters.claims.without_seq_rate)} THEN NULL ELSE claim.seq END AS seq_no`;
  return {
    name: "flow",
    seconds: 25,
    clockSkew: "seq = 0",
    versions: `SELECT f AS key, 0 AS seq, happened AS known, 0 AS dirt, ${columns}, amount::BIGINT AS amount, happened
    FROM flow JOIN claim USING (c)
    UNION ALL
    SELECT f, 1, corrected.known, ${DIRT.order_correction}, ${columns}, off, happened
    FROM corrected_discount AS corrected
    JOIN flow ON flow.f = corrected.b * 8 + 1
    JOIN claim USING (c)
    WHERE kind = 'allowance'
    UNION ALL
    SELECT f, 1, correction.known, ${DIRT.order_correction}, ${columns}, amount::BIGINT, happened + ${DAY}
    FROM order_correction AS correction
    JOIN line USING (o)
    JOIN flow ON flow.l = line.l AND flow.type = 'use'
    JOIN claim USING (c)
    WHERE kind = 'payday'
    UNION ALL
    SELECT f, 1, correction.known, ${DIRT.row_correction}, ${columns}, amount::BIGINT, happened + ${DAY}
    FROM claim_correction AS correction
    JOIN flow ON flow.f = correction.c * 8
    JOIN claim ON claim.c = correction.c
    WHERE NOT correction.is_coupon`,
  };
}

function lines({ draw, parameters, period }: Platform): Stream {
  const batch = parameters.delivery.every_minutes * MINUTE;
  const columns = `l AS key, l, o, i, u, goods, seller, category, qty, ${draw.pick("o", "channel", parameters.orders.channels)} AS channel, created`;
  const until = (instant: string) => `((${instant} - ${period.start} + ${batch - 1}) // ${batch})`;
  return {
    name: "line",
    seconds: 20,
    outOfOrder: true,
    clockSkew: `seq = 1 AND paid IS NOT NULL AND ${until("created")} = ${until("paid")}`,
    tie: { column: "channel", other: "concat(channel, '2')" },
    versions: `SELECT ${columns}, 0 AS seq, created AS known, 0 AS dirt, list, pay, 'created' AS status, NULL::BIGINT AS paid
    FROM line WHERE paid IS NULL OR ${until("created")} < ${until("paid")}
    UNION ALL
    SELECT ${columns}, 1, coalesce(paid, closed), 0, list, pay, CASE WHEN paid IS NULL THEN 'cancelled' ELSE 'paid' END, paid
    FROM line
    UNION ALL
    SELECT ${columns}, 2, refunded, 0, list, pay, 'refunded', paid
    FROM line WHERE paid IS NOT NULL AND refund IN ('whole', 'line') AND pay > 0
    UNION ALL
    SELECT l AS key, l, o, i, u, goods, seller, category, qty, ${draw.pick("o", "channel", parameters.orders.channels)}, created,
      3, corrected.known, ${DIRT.order_correction}, corrected.list, corrected.pay, CASE WHEN corrected.paid IS NULL THEN 'cancelled' ELSE 'paid' END, corrected.paid
    FROM line JOIN corrected_line AS corrected USING (l)`,
  };
}

function discounts(_: Platform): Stream {
  return {
    name: "discount",
    seconds: 30,
    versions: `SELECT b AS key, 0 AS seq, used AS known, 0 AS dirt, b, l, o, type, ref, off, platform, used, NULL::BIGINT AS returned
    FROM discount
    UNION ALL
    SELECT b, 1, returned, 0, b, l, o, type, ref, off, platform, used, returned
    FROM discount WHERE returned IS NOT NULL
    UNION ALL
    SELECT b, 2, corrected.known, ${DIRT.order_correction}, b, corrected.l, o, type, corrected.ref, corrected.off, corrected.platform, used, corrected.returned
    FROM discount JOIN corrected_discount AS corrected USING (b)`,
  };
}

function refunds(_: Platform): Stream {
  return {
    name: "refund",
    seconds: 35,
    clockSkew: "seq = 0",
    versions: `SELECT r AS key, 0 AS seq, applied AS known, 0 AS dirt, r, l, o, amount, 'applied' AS status, NULL::BIGINT AS refunded, is_returned
    FROM refund
    UNION ALL
    SELECT r, 1, refunded, 0, r, l, o, amount, CASE WHEN is_rejected THEN 'rejected' ELSE 'succeeded' END,
      CASE WHEN NOT is_rejected THEN refunded END, is_returned
    FROM refund`,
  };
}
