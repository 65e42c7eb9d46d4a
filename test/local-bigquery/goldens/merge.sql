CREATE OR REPLACE TEMP TABLE "__bq_stage" AS
SELECT * FROM (
SELECT s2.target_row, CASE WHEN s2.target_row IS NOT NULL AND s4.present IS NOT NULL AND (s4.c7 IS NULL) THEN 0 WHEN s2.target_row IS NOT NULL AND s4.present IS NOT NULL THEN 1 WHEN s2.target_row IS NULL THEN 2 END AS clause, s2.c1 AS c1, s2.c5 AS c5, s4.c6 AS c6, s4.c7 AS c7
FROM (
SELECT s1.rowid AS target_row, s1."order_id" AS c1, s1."ds" AS c5
FROM memory.main."orders" AS s1
) AS s2
RIGHT JOIN (
SELECT s3."log_id" AS c6, s3."ds" AS c7, TRUE AS present
FROM memory.main."triggers" AS s3
) AS s4
ON (s2.c1 = s4.c6)
) WHERE clause IS NOT NULL;

SELECT CASE WHEN EXISTS (SELECT target_row FROM temp.main."__bq_stage" WHERE clause IN (0, 1) GROUP BY target_row HAVING count(*) > 1) THEN error('UPDATE/MERGE must match at most one source row for each target row') END;

DELETE FROM memory.main."orders" AS s5
WHERE s5.rowid IN (SELECT s6.target_row FROM temp.main."__bq_stage" AS s6 WHERE s6.clause = 0);

UPDATE memory.main."orders" AS s7
SET "ds" = s8.c7
FROM temp.main."__bq_stage" AS s8
WHERE s7.rowid = s8.target_row AND s8.clause = 1;

INSERT INTO memory.main."orders" ("order_id", "ds")
SELECT s10.c6, s10.c7
FROM temp.main."__bq_stage" AS s10
WHERE s10.clause = 2;

DROP TABLE temp.main."__bq_stage";
