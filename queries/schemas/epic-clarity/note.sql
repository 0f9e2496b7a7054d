/* The latest revision of each kept note, one row per line of text. The person comes from the
   contact, for the note's own patient is often blank. Note instants are UTC, so the date is the
   contact's first day. */
WITH revisions AS (
  SELECT i.NOTE_ID AS note_id, MAX(EHR_INTEGER(i.CONTACT_SERIAL_NUM)) AS revision_id
  FROM NOTE_ENC_INFO AS i
  GROUP BY i.NOTE_ID
)
SELECT
  c.person_id AS person_id,
  EHR_TEXT(c.csn) AS encounter_id,
  EHR_TEXT(n.NOTE_ID) AS event_id,
  c.contact_date AS event_date,
  z.NAME AS kind,
  x.LINE AS line,
  x.NOTE_TEXT AS note_text
FROM HNO_INFO AS n
JOIN contacts AS c ON c.csn = n.PAT_ENC_CSN_ID
JOIN revisions AS r ON r.note_id = n.NOTE_ID
JOIN HNO_NOTE_TEXT AS x ON EHR_INTEGER(x.NOTE_CSN_ID) = r.revision_id
LEFT JOIN ZC_NOTE_TYPE_IP AS z ON EHR_TEXT(z.TYPE_IP_C) = EHR_TEXT(n.IP_NOTE_TYPE_C)
WHERE n.DELETE_INSTANT_DTTM IS NULL
