/*
title = "Charlson comorbidity score at surgery"
source = "Codes: Quan 2005, Med Care 43:1130-1139; weights: Quan 2011, Am J Epidemiol 173:676-682"
conventions = [
    "One row per index event: a day and encounter with a code of procedure. keep: 'first' is the first of the person's history, 'every' all of them; index dates from since to until, both included. Nobody is left out for a lack of diagnoses: without any the score is 0.",
    "Diagnoses: ICD-10-CM codes, dotted or not, of lookback days before the index date up to that day itself, and of the index admission whatever their date. index_admission: 'include'; 'exclude' leaves out what has the index encounter's id, lest complications count; 'present' keeps of it what is marked as present on admission.",
    "The worse of two counts alone in the score: moderate or severe before mild liver disease, complicated before uncomplicated diabetes, metastatic before any other cancer. The flags and group_count, their number, show both.",
    "Weights of Quan 2011; infarction, peripheral vascular and cerebrovascular disease, ulcer and uncomplicated diabetes weigh 0. aids_weight is 4 as in the paper as R comorbidity reads it since 2022; comorbidipy and older versions have 2.",
    "No points for age. Codes of later years that Quan does not name (C4A, C7A, C7B, E08, E09) count nowhere.",
]

[parameters]
procedure = { type = "codes", default = "any-spine-surgery" }
keep = { type = "text", default = "first", one_of = ["first", "every"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
lookback = { type = "days", default = 365 }
index_admission = { type = "text", default = "include", one_of = ["include", "exclude", "present"] }
aids_weight = { type = "integer", default = 4 }
myocardial_infarction = { type = "codes", default = "charlson-myocardial-infarction" }
congestive_heart_failure = { type = "codes", default = "charlson-congestive-heart-failure" }
peripheral_vascular = { type = "codes", default = "charlson-peripheral-vascular" }
cerebrovascular = { type = "codes", default = "charlson-cerebrovascular" }
dementia = { type = "codes", default = "charlson-dementia" }
chronic_pulmonary = { type = "codes", default = "charlson-chronic-pulmonary" }
rheumatic = { type = "codes", default = "charlson-rheumatic" }
peptic_ulcer = { type = "codes", default = "charlson-peptic-ulcer" }
mild_liver = { type = "codes", default = "charlson-mild-liver" }
diabetes = { type = "codes", default = "charlson-diabetes" }
diabetes_complicated = { type = "codes", default = "charlson-diabetes-complicated" }
paralysis = { type = "codes", default = "charlson-paralysis" }
renal = { type = "codes", default = "charlson-renal" }
cancer = { type = "codes", default = "charlson-cancer" }
severe_liver = { type = "codes", default = "charlson-severe-liver" }
metastatic_cancer = { type = "codes", default = "charlson-metastatic-cancer" }
hiv = { type = "codes", default = "charlson-hiv" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
index_date = ["date", "C"]
myocardial_infarction = ["integer", "none"]
congestive_heart_failure = ["integer", "none"]
peripheral_vascular = ["integer", "none"]
cerebrovascular = ["integer", "none"]
dementia = ["integer", "none"]
chronic_pulmonary = ["integer", "none"]
rheumatic = ["integer", "none"]
peptic_ulcer = ["integer", "none"]
mild_liver = ["integer", "none"]
diabetes = ["integer", "none"]
diabetes_complicated = ["integer", "none"]
paralysis = ["integer", "none"]
renal = ["integer", "none"]
cancer = ["integer", "none"]
severe_liver = ["integer", "none"]
metastatic_cancer = ["integer", "none"]
hiv = ["integer", "none"]
group_count = ["integer", "none"]
score = ["integer", "none"]
*/
WITH flags AS (
  SELECT
    i.person_id AS person_id,
    i.encounter_id AS encounter_id,
    i.index_number AS index_number,
    i.index_date AS index_date,
    MAX(CASE WHEN EHR_IN_CODES(d, :myocardial_infarction) THEN 1 ELSE 0 END) AS myocardial_infarction,
    MAX(CASE WHEN EHR_IN_CODES(d, :congestive_heart_failure) THEN 1 ELSE 0 END) AS congestive_heart_failure,
    MAX(CASE WHEN EHR_IN_CODES(d, :peripheral_vascular) THEN 1 ELSE 0 END) AS peripheral_vascular,
    MAX(CASE WHEN EHR_IN_CODES(d, :cerebrovascular) THEN 1 ELSE 0 END) AS cerebrovascular,
    MAX(CASE WHEN EHR_IN_CODES(d, :dementia) THEN 1 ELSE 0 END) AS dementia,
    MAX(CASE WHEN EHR_IN_CODES(d, :chronic_pulmonary) THEN 1 ELSE 0 END) AS chronic_pulmonary,
    MAX(CASE WHEN EHR_IN_CODES(d, :rheumatic) THEN 1 ELSE 0 END) AS rheumatic,
    MAX(CASE WHEN EHR_IN_CODES(d, :peptic_ulcer) THEN 1 ELSE 0 END) AS peptic_ulcer,
    MAX(CASE WHEN EHR_IN_CODES(d, :mild_liver) THEN 1 ELSE 0 END) AS mild_liver,
    MAX(CASE WHEN EHR_IN_CODES(d, :diabetes) THEN 1 ELSE 0 END) AS diabetes,
    MAX(CASE WHEN EHR_IN_CODES(d, :diabetes_complicated) THEN 1 ELSE 0 END) AS diabetes_complicated,
    MAX(CASE WHEN EHR_IN_CODES(d, :paralysis) THEN 1 ELSE 0 END) AS paralysis,
    MAX(CASE WHEN EHR_IN_CODES(d, :renal) THEN 1 ELSE 0 END) AS renal,
    MAX(CASE WHEN EHR_IN_CODES(d, :cancer) THEN 1 ELSE 0 END) AS cancer,
    MAX(CASE WHEN EHR_IN_CODES(d, :severe_liver) THEN 1 ELSE 0 END) AS severe_liver,
    MAX(CASE WHEN EHR_IN_CODES(d, :metastatic_cancer) THEN 1 ELSE 0 END) AS metastatic_cancer,
    MAX(CASE WHEN EHR_IN_CODES(d, :hiv) THEN 1 ELSE 0 END) AS hiv
  FROM index_surgeries AS i
  LEFT JOIN index_diagnoses AS d
    ON d.person_id = i.person_id AND d.index_number = i.index_number
  GROUP BY i.person_id, i.encounter_id, i.index_number, i.index_date
)
SELECT
  f.person_id AS person_id,
  f.encounter_id AS encounter_id,
  f.index_date AS index_date,
  f.myocardial_infarction AS myocardial_infarction,
  f.congestive_heart_failure AS congestive_heart_failure,
  f.peripheral_vascular AS peripheral_vascular,
  f.cerebrovascular AS cerebrovascular,
  f.dementia AS dementia,
  f.chronic_pulmonary AS chronic_pulmonary,
  f.rheumatic AS rheumatic,
  f.peptic_ulcer AS peptic_ulcer,
  f.mild_liver AS mild_liver,
  f.diabetes AS diabetes,
  f.diabetes_complicated AS diabetes_complicated,
  f.paralysis AS paralysis,
  f.renal AS renal,
  f.cancer AS cancer,
  f.severe_liver AS severe_liver,
  f.metastatic_cancer AS metastatic_cancer,
  f.hiv AS hiv,
  f.myocardial_infarction + f.congestive_heart_failure + f.peripheral_vascular + f.cerebrovascular + f.dementia
    + f.chronic_pulmonary + f.rheumatic + f.peptic_ulcer + f.mild_liver + f.diabetes
    + f.diabetes_complicated + f.paralysis + f.renal + f.cancer + f.severe_liver
    + f.metastatic_cancer + f.hiv AS group_count,
  2 * f.congestive_heart_failure
    + 2 * f.dementia
    + f.chronic_pulmonary
    + f.rheumatic
    + 2 * CASE WHEN f.severe_liver = 1 THEN 0 ELSE f.mild_liver END
    + f.diabetes_complicated
    + 2 * f.paralysis
    + f.renal
    + 2 * CASE WHEN f.metastatic_cancer = 1 THEN 0 ELSE f.cancer END
    + 4 * f.severe_liver
    + 6 * f.metastatic_cancer
    + :aids_weight * f.hiv AS score
FROM flags AS f
ORDER BY f.person_id, f.index_number
