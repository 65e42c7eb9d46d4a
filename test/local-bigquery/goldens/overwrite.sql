CREATE OR REPLACE TEMP TABLE "__bq_stage" AS
SELECT s2.target_row, CASE WHEN TRUE AND (s2.c5 IN (SELECT unnest([DATE '2024-06-01']))) THEN 0 END AS clause, s2.c1 AS c1, s2.c2 AS c2, s2.c3 AS c3, s2.c4 AS c4, s2.c5 AS c5
FROM (
SELECT s1.rowid AS target_row, s1."order_id" AS c1, s1."user_id" AS c2, s1."amt" AS c3, s1."paid_at" AS c4, s1."ds" AS c5
FROM memory.main."orders" AS s1
) AS s2
WHERE (s2.c5 IN (SELECT unnest([DATE '2024-06-01'])))
UNION ALL BY NAME
SELECT NULL::BIGINT AS target_row, CASE WHEN TRUE THEN 1 END AS clause, s4.c6 AS c6, s4.c7 AS c7, s4.c8 AS c8, s4.c9 AS c9, s4.c10 AS c10
FROM (
SELECT s3."order_id" AS c6, s3."user_id" AS c7, s3."amt" AS c8, s3."paid_at" AS c9, s3."ds" AS c10, TRUE AS present
FROM memory.main."orders" AS s3
WHERE (s3."ds" = DATE '2024-06-01')
) AS s4
WHERE TRUE;

DELETE FROM memory.main."orders" AS s5
WHERE s5.rowid IN (SELECT s6.target_row FROM temp.main."__bq_stage" AS s6 WHERE s6.clause = 0);

INSERT INTO memory.main."orders" ("order_id", "user_id", "amt", "paid_at", "ds")
SELECT s8.c6, s8.c7, s8.c8, s8.c9, s8.c10
FROM temp.main."__bq_stage" AS s8
WHERE s8.clause = 1;

DROP TABLE temp.main."__bq_stage";
