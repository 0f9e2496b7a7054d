/*
title = "Elixhauser comorbidities and van Walraven score at surgery"
source = "Codes: Quan 2005, Med Care 43:1130-1139; weights: van Walraven 2009, Med Care 47:626-633"
conventions = [
    "One row per index event: a day and encounter with a code of procedure. keep: 'first' is the first of the person's history, 'every' all of them; index dates from since to until, both included. Nobody is left out for a lack of diagnoses: without any the score is 0.",
    "Diagnoses: ICD-10-CM codes, dotted or not, of lookback days before the index date up to that day itself, and of the index admission whatever their date. index_admission: 'include'; 'exclude' leaves out what has the index encounter's id, lest complications count; 'present' keeps of it what is marked as present on admission.",
    "The worse of two counts alone in the score: complicated before uncomplicated hypertension and diabetes, metastatic before solid tumour. The flags and group_count, their number, show both.",
    "Weights of van Walraven 2009, from -7 to 12; the score may be negative. A code may be in two groups (alcoholic cardiomyopathy: heart failure and alcohol abuse) and counts in both.",
    "Codes of later years that Quan does not name (C4A, C7A, C7B, E08, E09) count nowhere. Elixhauser left out what the DRG says; nothing is left out here.",
]

[parameters]
procedure = { type = "codes", default = "any-spine-surgery" }
keep = { type = "text", default = "first", one_of = ["first", "every"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
lookback = { type = "days", default = 365 }
index_admission = { type = "text", default = "include", one_of = ["include", "exclude", "present"] }
congestive_heart_failure = { type = "codes", default = "elixhauser-congestive-heart-failure" }
arrhythmia = { type = "codes", default = "elixhauser-arrhythmia" }
valvular = { type = "codes", default = "elixhauser-valvular" }
pulmonary_circulation = { type = "codes", default = "elixhauser-pulmonary-circulation" }
peripheral_vascular = { type = "codes", default = "elixhauser-peripheral-vascular" }
hypertension = { type = "codes", default = "elixhauser-hypertension" }
hypertension_complicated = { type = "codes", default = "elixhauser-hypertension-complicated" }
paralysis = { type = "codes", default = "elixhauser-paralysis" }
neurological = { type = "codes", default = "elixhauser-neurological" }
chronic_pulmonary = { type = "codes", default = "elixhauser-chronic-pulmonary" }
diabetes = { type = "codes", default = "elixhauser-diabetes" }
diabetes_complicated = { type = "codes", default = "elixhauser-diabetes-complicated" }
hypothyroidism = { type = "codes", default = "elixhauser-hypothyroidism" }
renal = { type = "codes", default = "elixhauser-renal" }
liver = { type = "codes", default = "elixhauser-liver" }
peptic_ulcer = { type = "codes", default = "elixhauser-peptic-ulcer" }
hiv = { type = "codes", default = "elixhauser-hiv" }
lymphoma = { type = "codes", default = "elixhauser-lymphoma" }
metastatic_cancer = { type = "codes", default = "elixhauser-metastatic-cancer" }
solid_tumour = { type = "codes", default = "elixhauser-solid-tumour" }
rheumatic = { type = "codes", default = "elixhauser-rheumatic" }
coagulopathy = { type = "codes", default = "elixhauser-coagulopathy" }
obesity = { type = "codes", default = "elixhauser-obesity" }
weight_loss = { type = "codes", default = "elixhauser-weight-loss" }
fluid_electrolyte = { type = "codes", default = "elixhauser-fluid-electrolyte" }
blood_loss_anaemia = { type = "codes", default = "elixhauser-blood-loss-anaemia" }
deficiency_anaemia = { type = "codes", default = "elixhauser-deficiency-anaemia" }
alcohol = { type = "codes", default = "elixhauser-alcohol" }
drug = { type = "codes", default = "elixhauser-drug" }
psychosis = { type = "codes", default = "elixhauser-psychosis" }
depression = { type = "codes", default = "elixhauser-depression" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
index_date = ["date", "C"]
congestive_heart_failure = ["integer", "none"]
arrhythmia = ["integer", "none"]
valvular = ["integer", "none"]
pulmonary_circulation = ["integer", "none"]
peripheral_vascular = ["integer", "none"]
hypertension = ["integer", "none"]
hypertension_complicated = ["integer", "none"]
paralysis = ["integer", "none"]
neurological = ["integer", "none"]
chronic_pulmonary = ["integer", "none"]
diabetes = ["integer", "none"]
diabetes_complicated = ["integer", "none"]
hypothyroidism = ["integer", "none"]
renal = ["integer", "none"]
liver = ["integer", "none"]
peptic_ulcer = ["integer", "none"]
hiv = ["integer", "none"]
lymphoma = ["integer", "none"]
metastatic_cancer = ["integer", "none"]
solid_tumour = ["integer", "none"]
rheumatic = ["integer", "none"]
coagulopathy = ["integer", "none"]
obesity = ["integer", "none"]
weight_loss = ["integer", "none"]
fluid_electrolyte = ["integer", "none"]
blood_loss_anaemia = ["integer", "none"]
deficiency_anaemia = ["integer", "none"]
alcohol = ["integer", "none"]
drug = ["integer", "none"]
psychosis = ["integer", "none"]
depression = ["integer", "none"]
group_count = ["integer", "none"]
score = ["integer", "none"]
*/
WITH flags AS (
  SELECT
    i.person_id AS person_id,
    i.encounter_id AS encounter_id,
    i.index_number AS index_number,
    i.index_date AS index_date,
    MAX(CASE WHEN EHR_IN_CODES(d, :congestive_heart_failure) THEN 1 ELSE 0 END) AS congestive_heart_failure,
    MAX(CASE WHEN EHR_IN_CODES(d, :arrhythmia) THEN 1 ELSE 0 END) AS arrhythmia,
    MAX(CASE WHEN EHR_IN_CODES(d, :valvular) THEN 1 ELSE 0 END) AS valvular,
    MAX(CASE WHEN EHR_IN_CODES(d, :pulmonary_circulation) THEN 1 ELSE 0 END) AS pulmonary_circulation,
    MAX(CASE WHEN EHR_IN_CODES(d, :peripheral_vascular) THEN 1 ELSE 0 END) AS peripheral_vascular,
    MAX(CASE WHEN EHR_IN_CODES(d, :hypertension) THEN 1 ELSE 0 END) AS hypertension,
    MAX(CASE WHEN EHR_IN_CODES(d, :hypertension_complicated) THEN 1 ELSE 0 END) AS hypertension_complicated,
    MAX(CASE WHEN EHR_IN_CODES(d, :paralysis) THEN 1 ELSE 0 END) AS paralysis,
    MAX(CASE WHEN EHR_IN_CODES(d, :neurological) THEN 1 ELSE 0 END) AS neurological,
    MAX(CASE WHEN EHR_IN_CODES(d, :chronic_pulmonary) THEN 1 ELSE 0 END) AS chronic_pulmonary,
    MAX(CASE WHEN EHR_IN_CODES(d, :diabetes) THEN 1 ELSE 0 END) AS diabetes,
    MAX(CASE WHEN EHR_IN_CODES(d, :diabetes_complicated) THEN 1 ELSE 0 END) AS diabetes_complicated,
    MAX(CASE WHEN EHR_IN_CODES(d, :hypothyroidism) THEN 1 ELSE 0 END) AS hypothyroidism,
    MAX(CASE WHEN EHR_IN_CODES(d, :renal) THEN 1 ELSE 0 END) AS renal,
    MAX(CASE WHEN EHR_IN_CODES(d, :liver) THEN 1 ELSE 0 END) AS liver,
    MAX(CASE WHEN EHR_IN_CODES(d, :peptic_ulcer) THEN 1 ELSE 0 END) AS peptic_ulcer,
    MAX(CASE WHEN EHR_IN_CODES(d, :hiv) THEN 1 ELSE 0 END) AS hiv,
    MAX(CASE WHEN EHR_IN_CODES(d, :lymphoma) THEN 1 ELSE 0 END) AS lymphoma,
    MAX(CASE WHEN EHR_IN_CODES(d, :metastatic_cancer) THEN 1 ELSE 0 END) AS metastatic_cancer,
    MAX(CASE WHEN EHR_IN_CODES(d, :solid_tumour) THEN 1 ELSE 0 END) AS solid_tumour,
    MAX(CASE WHEN EHR_IN_CODES(d, :rheumatic) THEN 1 ELSE 0 END) AS rheumatic,
    MAX(CASE WHEN EHR_IN_CODES(d, :coagulopathy) THEN 1 ELSE 0 END) AS coagulopathy,
    MAX(CASE WHEN EHR_IN_CODES(d, :obesity) THEN 1 ELSE 0 END) AS obesity,
    MAX(CASE WHEN EHR_IN_CODES(d, :weight_loss) THEN 1 ELSE 0 END) AS weight_loss,
    MAX(CASE WHEN EHR_IN_CODES(d, :fluid_electrolyte) THEN 1 ELSE 0 END) AS fluid_electrolyte,
    MAX(CASE WHEN EHR_IN_CODES(d, :blood_loss_anaemia) THEN 1 ELSE 0 END) AS blood_loss_anaemia,
    MAX(CASE WHEN EHR_IN_CODES(d, :deficiency_anaemia) THEN 1 ELSE 0 END) AS deficiency_anaemia,
    MAX(CASE WHEN EHR_IN_CODES(d, :alcohol) THEN 1 ELSE 0 END) AS alcohol,
    MAX(CASE WHEN EHR_IN_CODES(d, :drug) THEN 1 ELSE 0 END) AS drug,
    MAX(CASE WHEN EHR_IN_CODES(d, :psychosis) THEN 1 ELSE 0 END) AS psychosis,
    MAX(CASE WHEN EHR_IN_CODES(d, :depression) THEN 1 ELSE 0 END) AS depression
  FROM index_surgeries AS i
  LEFT JOIN index_diagnoses AS d
    ON d.person_id = i.person_id AND d.index_number = i.index_number
  GROUP BY i.person_id, i.encounter_id, i.index_number, i.index_date
)
SELECT
  f.person_id AS person_id,
  f.encounter_id AS encounter_id,
  f.index_date AS index_date,
  f.congestive_heart_failure AS congestive_heart_failure,
  f.arrhythmia AS arrhythmia,
  f.valvular AS valvular,
  f.pulmonary_circulation AS pulmonary_circulation,
  f.peripheral_vascular AS peripheral_vascular,
  f.hypertension AS hypertension,
  f.hypertension_complicated AS hypertension_complicated,
  f.paralysis AS paralysis,
  f.neurological AS neurological,
  f.chronic_pulmonary AS chronic_pulmonary,
  f.diabetes AS diabetes,
  f.diabetes_complicated AS diabetes_complicated,
  f.hypothyroidism AS hypothyroidism,
  f.renal AS renal,
  f.liver AS liver,
  f.peptic_ulcer AS peptic_ulcer,
  f.hiv AS hiv,
  f.lymphoma AS lymphoma,
  f.metastatic_cancer AS metastatic_cancer,
  f.solid_tumour AS solid_tumour,
  f.rheumatic AS rheumatic,
  f.coagulopathy AS coagulopathy,
  f.obesity AS obesity,
  f.weight_loss AS weight_loss,
  f.fluid_electrolyte AS fluid_electrolyte,
  f.blood_loss_anaemia AS blood_loss_anaemia,
  f.deficiency_anaemia AS deficiency_anaemia,
  f.alcohol AS alcohol,
  f.drug AS drug,
  f.psychosis AS psychosis,
  f.depression AS depression,
  f.congestive_heart_failure + f.arrhythmia + f.valvular + f.pulmonary_circulation + f.peripheral_vascular
    + f.hypertension + f.hypertension_complicated + f.paralysis + f.neurological + f.chronic_pulmonary
    + f.diabetes + f.diabetes_complicated + f.hypothyroidism + f.renal + f.liver
    + f.peptic_ulcer + f.hiv + f.lymphoma + f.metastatic_cancer + f.solid_tumour
    + f.rheumatic + f.coagulopathy + f.obesity + f.weight_loss + f.fluid_electrolyte
    + f.blood_loss_anaemia + f.deficiency_anaemia + f.alcohol + f.drug + f.psychosis
    + f.depression AS group_count,
  7 * f.congestive_heart_failure
    + 5 * f.arrhythmia
    - f.valvular
    + 4 * f.pulmonary_circulation
    + 2 * f.peripheral_vascular
    + 7 * f.paralysis
    + 6 * f.neurological
    + 3 * f.chronic_pulmonary
    + 5 * f.renal
    + 11 * f.liver
    + 9 * f.lymphoma
    + 12 * f.metastatic_cancer
    + 4 * CASE WHEN f.metastatic_cancer = 1 THEN 0 ELSE f.solid_tumour END
    + 3 * f.coagulopathy
    - 4 * f.obesity
    + 6 * f.weight_loss
    + 5 * f.fluid_electrolyte
    - 2 * f.blood_loss_anaemia
    - 2 * f.deficiency_anaemia
    - 7 * f.drug
    - 3 * f.depression AS score
FROM flags AS f
ORDER BY f.person_id, f.index_number
