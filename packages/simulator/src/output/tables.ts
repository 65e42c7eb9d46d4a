import type { Catalog } from "../catalog/catalog.ts";
import { BENEFITS } from "../delivery/streams.ts";
import type { Parameters } from "../parameters/types.ts";
import type { Period } from "../period.ts";
import type { Platform } from "../platform.ts";
import { literal } from "../sql.ts";

/** A big source table as files hold it: its name, the stream that fills it, and the columns in the contract's order. */
export interface SourceTable {
  readonly table: string;
  readonly stream: string;
  readonly columns: string;
}

const instant = (us: string) => `make_timestamptz(${us})`;
const amount = (cents: string) => `(${cents} * 0.01)::DECIMAL(18,2)`;
const code = (codes: readonly string[], index: string) => `[${codes.map(literal).join(", ")}][${index} + 1]`;
const couponId = (c: string) => `CASE WHEN ${c} < 0 THEN concat('CP', -${c}) ELSE concat('C', ${c}) END`;

/** Variables of a connection that `sourceTables` reads there: lists that are too long to be written into each statement. */
export async function createLists(platform: Platform, catalog: Catalog): Promise<void> {
  const templateIds = catalog.templates.map((t) => literal(t.id)).join(", ");
  const benefit = (seq: string, t: string, planned: string) =>
    `{'benefit_seq': ${seq}::BIGINT, 'benefit_type': CASE WHEN template.is_coupon THEN 'coupon' ELSE 'allowance' END,
      'template_id': [${templateIds}][${t} + 1], 'planned_amt': ${amount(planned)}}`;
  const planned = `list(${benefit("seq", "vb.t", "planned")} ORDER BY seq)`;
  for (const statement of [
    `CREATE TABLE benefit_list AS
SELECT v * 4 + ${BENEFITS.planned} AS n, ${planned} AS benefits FROM version_benefit AS vb JOIN template USING (t) GROUP BY v
UNION ALL
SELECT v * 4 + ${BENEFITS.empty}, [] FROM version
UNION ALL
-- The first seq once more, at the end, with another template.
SELECT v * 4 + ${BENEFITS.repeated}, list_append(${planned}, any_value(
  {'benefit_seq': 1::BIGINT, 'benefit_type': 'coupon', 'template_id': ${literal(catalog.templates[0]?.id ?? "")}, 'planned_amt': 1::DECIMAL(18,2)}))
FROM version_benefit AS vb JOIN template USING (t) GROUP BY v
UNION ALL
SELECT v * 4 + ${BENEFITS.corrected}, list(${benefit("seq", "vb.t", "(coalesce(planned, 0) + 500)")} ORDER BY seq)
FROM version_benefit AS vb JOIN template USING (t) GROUP BY v`,
    "SET VARIABLE benefit_lists = (SELECT list(benefits ORDER BY n) FROM benefit_list)",
    `SET VARIABLE promotion_ids = [${catalog.promotions.map((p) => literal(p.id)).join(", ")}]`,
  ])
    await platform.sql(statement);
}

export function sourceTables(parameters: Parameters, catalog: Catalog, period: Period): SourceTable[] {
  const scene = code(
    parameters.scenes.map((s) => s.code),
    "scene",
  );
  const template = code(
    catalog.templates.map((t) => t.id),
    "t",
  );
  const groups = parameters.experiments.map((x) => `[${x.groups.map((g) => literal(g.code)).join(", ")}]`);
  return [
    {
      table: "redods.ods_ecm_mkt_strategy_execution_log_di",
      stream: "execution",
      columns: `concat('L', x, '-', retry) AS log_id,
        concat('E', x, CASE WHEN is_rekeyed THEN 'R' ELSE '' END) AS execution_id,
        concat('U', u) AS user_id,
        ${code(
          catalog.versions.map((v) => v.strategy),
          "v",
        )} AS strategy_id,
        [${catalog.versions.map((v) => v.version).join(", ")}][v + 1]::BIGINT AS strategy_version,
        ${scene} AS scene_code,
        ${instant("triggered")} AS triggered_at,
        ${code(
          parameters.experiments.map((x) => x.id),
          "e",
        )} AS experiment_id,
        CASE WHEN e IS NULL THEN NULL WHEN is_control THEN 'control' ELSE 'treatment' END AS experiment_group,
        getvariable('benefit_lists')[list + 1] AS benefits`,
    },
    {
      table: "reddw.dw_trd_goods_coupon_day",
      stream: "coupon",
      columns: `${couponId("c")} AS coupon_id,
        ${template} AS coupon_template_id,
        concat('U', u) AS user_id,
        ${instant("claimed")} AS claim_at,
        ${scene} AS claim_scene_code,
        CASE WHEN x IS NOT NULL THEN concat('E', x) END AS execution_id,
        seq_no::BIGINT AS benefit_seq,
        ${amount("face")} AS face_amt,
        ${instant("valid_from")} AS valid_from,
        ${instant("valid_to")} AS valid_to,
        status AS coupon_status,
        c < 0 AS is_synthetic`,
    },
    {
      table: "reddw.dw_trd_user_allowance_flow_day",
      stream: "flow",
      columns: `concat('F', ['G', 'U', 'R', 'X', 'V', 'E'][key % 8 + 1], key // 8) AS flow_id,
        concat('A', c) AS allowance_id,
        ${template} AS allowance_template_id,
        concat('U', u) AS user_id,
        type AS flow_type,
        ${amount("amount")} AS amt,
        CASE WHEN l IS NOT NULL THEN concat('O', l // 8, '-', l % 8) END AS order_line_id,
        ${instant("happened")} AS occurred_at,
        CASE WHEN type = 'grant' THEN ${instant("valid_to")} END AS valid_to,
        CASE WHEN type = 'grant' AND x IS NOT NULL THEN concat('E', x) END AS execution_id,
        CASE WHEN type = 'grant' THEN seq_no::BIGINT END AS benefit_seq`,
    },
    {
      table: "reddw.dw_trd_order_goods_day",
      stream: "line",
      columns: `concat('O', o, '-', i) AS order_line_id,
        concat('O', o) AS order_id,
        concat('U', u) AS user_id,
        concat('V', lpad(seller::VARCHAR, 4, '0')) AS seller_id,
        concat('G', lpad(goods::VARCHAR, 5, '0')) AS goods_id,
        concat('K', lpad(category::VARCHAR, 3, '0')) AS category_id,
        qty::BIGINT AS qty,
        ${amount("list")} AS list_amt,
        ${amount("pay")} AS pay_amt,
        status AS order_status,
        ${instant("created")} AS created_at,
        ${instant("paid")} AS paid_at,
        channel AS channel_code`,
    },
    {
      table: "reddw.dw_trd_order_benefit_day",
      stream: "discount",
      columns: `concat('B', b) AS order_benefit_id,
        concat('O', l // 8, '-', l % 8) AS order_line_id,
        concat('O', o) AS order_id,
        type AS benefit_type,
        CASE type WHEN 'promotion' THEN getvariable('promotion_ids')[ref + 1] WHEN 'coupon' THEN ${couponId("ref")} ELSE concat('A', ref) END AS benefit_id,
        ${amount("off")} AS discount_amt,
        ${amount("platform")} AS platform_amt,
        ${amount("(off - platform)")} AS merchant_amt,
        ${instant("used")} AS used_at,
        ${instant("returned")} AS returned_at`,
    },
    {
      table: "reddw.dw_trd_refund_day",
      stream: "refund",
      columns: `concat('R', r) AS refund_id,
        concat('O', l // 8, '-', l % 8) AS order_line_id,
        concat('O', o) AS order_id,
        ${amount("amount")} AS refund_amt,
        status AS refund_status,
        ${instant("refunded")} AS refunded_at,
        is_returned AS is_benefit_returned`,
    },
    {
      table: "redcdm.dim_ecm_user_df",
      stream: "user",
      columns: `concat('U', u) AS user_id,
        ${instant("registered")} AS registered_at,
        gender AS gender_code,
        age AS age_band,
        city AS city_tier`,
    },
    {
      table: "redcdm.dim_ecm_user_tag_df",
      stream: "tag",
      columns: `DATE '${period.from}' + d::INTEGER AS ds,
        concat('U', u) AS user_id,
        ${code(
          parameters.users.levels.map((l) => String(l.code)),
          "level",
        )} AS consumption_level,
        ${code(
          parameters.crowds.map((c) => c.code),
          "crowd",
        )} AS crowd_code,
        ${code(
          parameters.users.live.map((l) => String(l.code)),
          "live",
        )} AS live_activity_level`,
    },
    {
      table: "redcdm.dwd_ecm_experiment_assignment_di",
      stream: "assignment",
      columns: `${code(
        parameters.experiments.map((x) => x.id),
        "e",
      )} AS experiment_id,
        concat('U', u) AS user_id,
        [${groups.join(", ")}][e + 1][g + 1] AS group_code,
        ${instant("assigned")} AS assigned_at`,
    },
  ];
}
