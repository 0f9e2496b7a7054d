/* Each person's history from the first to the last day of the observation periods. */
SELECT
  EHR_TEXT(o.person_id) AS person_id,
  EHR_TO_DATE(o.observation_period_start_date) AS start_date,
  EHR_TO_DATE(o.observation_period_end_date) AS end_date
FROM OBSERVATION_PERIOD AS o
