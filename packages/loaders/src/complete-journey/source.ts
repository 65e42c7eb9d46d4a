import { existsSync } from "node:fs";
import { join } from "node:path";

/** The data set's files that are read; promotions.parquet (shelf and mailer placements) has no counterpart here. */
export const FILES = [
  "campaign_descriptions",
  "campaigns",
  "coupon_redemptions",
  "coupons",
  "demographics",
  "products",
  "transactions",
] as const;

export const TIMEZONE = "America/New_York";

/** @returns the paths of the files in `folder`; throws naming those that are not there. */
export function sourceFiles(folder: string): string[] {
  const paths = FILES.map((name) => join(folder, `${name}.parquet`));
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0)
    throw new Error(
      `Complete Journey is not whole: ${missing.join(", ")} not found. Set-up installs it: npm test or npm start run it.`,
    );
  return paths;
}

/** A table per file. Amounts become exact cents, UTC times become instants, and each line gets its local day. */
export function sourceTables(folder: string): string[] {
  const file = (name: (typeof FILES)[number]) => `'${join(folder, name).replaceAll("'", "''")}.parquet'`;
  return [
    `CREATE TABLE campaign AS
     SELECT
       campaign_id,
       campaign_type,
       'campaign-' || campaign_id AS strategy_id,
       lower(replace(campaign_type, ' ', '_')) AS scene_code,
       start_date::DATE AS start_day,
       end_date::DATE AS end_day,
       ${dayStart("start_date")} AS start_at,
       ${dayStart("end_date + INTERVAL 1 DAY")} - INTERVAL 1 MICROSECOND AS end_at
     FROM ${file("campaign_descriptions")}`,
    `CREATE TABLE target AS
     SELECT DISTINCT campaign_id, household_id, campaign_id || '-' || household_id AS execution_id
     FROM ${file("campaigns")}`,
    // 4,872 rows of the file repeat another one.
    `CREATE TABLE coupon_product AS
     SELECT DISTINCT campaign_id, coupon_upc, product_id FROM ${file("coupons")}`,
    `CREATE TABLE template AS
     SELECT
       campaign_id,
       coupon_upc,
       coupon_upc || '-' || campaign_id AS coupon_template_id,
       row_number() OVER (PARTITION BY campaign_id ORDER BY coupon_upc) AS benefit_seq
     FROM (SELECT DISTINCT campaign_id, coupon_upc FROM coupon_product)`,
    `CREATE TABLE redemption AS
     SELECT
       row_number() OVER (ORDER BY household_id, day, coupon_upc, campaign_id)::INTEGER AS redemption_no,
       row_number() OVER (PARTITION BY household_id, coupon_upc, campaign_id ORDER BY day)::INTEGER AS copy_no,
       *
     FROM (
       SELECT household_id, coupon_upc, campaign_id, redemption_date::DATE AS day
       FROM ${file("coupon_redemptions")}
     )`,
    `CREATE TABLE line AS
     SELECT
       household_id,
       store_id,
       basket_id,
       product_id,
       basket_id || '-' || product_id AS order_line_id,
       quantity AS qty,
       ${amount("sales_value + retail_disc + coupon_match_disc")} AS list_amt,
       ${amount("sales_value - coupon_disc")} AS pay_amt,
       ${amount("retail_disc")} AS retail_amt,
       ${amount("coupon_disc")} AS coupon_amt,
       ${amount("coupon_match_disc")} AS match_amt,
       transaction_timestamp AT TIME ZONE 'UTC' AS paid_at,
       (transaction_timestamp AT TIME ZONE 'UTC' AT TIME ZONE '${TIMEZONE}')::DATE AS day
     FROM ${file("transactions")}`,
    `CREATE TABLE product AS SELECT product_id, product_category FROM ${file("products")}`,
    `CREATE TABLE household AS
     SELECT household_id, demographics.age
     FROM (SELECT DISTINCT household_id FROM line)
     LEFT JOIN ${file("demographics")} AS demographics USING (household_id)`,
    // All is known at bootstrap: one second before the last local day of the data ends.
    `CREATE TABLE calendar AS
     SELECT
       max(day) AS run_date,
       ${dayStart("max(day) + INTERVAL 1 DAY")} AS as_of_at,
       as_of_at - INTERVAL 1 SECOND AS bootstrap_at,
       ${dayStart("min(day)")} AS first_at
     FROM line`,
  ];
}

/** The instant at which a local day begins. */
function dayStart(day: string): string {
  return `(CAST(${day} AS TIMESTAMP) AT TIME ZONE '${TIMEZONE}')`;
}

/** Terms are doubles within 1e-14 of a whole cent; each is rounded before they are added, so that sums are exact. */
function amount(terms: string): string {
  return `CAST(${terms.replace(/\w+/g, (column) => `CAST(${column} AS DECIMAL(18, 2))`)} AS DECIMAL(18, 2))`;
}
