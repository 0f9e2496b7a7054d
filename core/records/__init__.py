"""Run records: signed, chained, value-free evidence of what a run did.

A run that changes or releases data appends one record to a book, the folder
`records/` beside its outputs. A record is an in-toto statement (the digests of
the outputs, and a predicate that tells the run) in a DSSE envelope, signed with
Ed25519 and chained to the record before it. Whoever has the public key and the
files can verify them offline, and needs neither the project key nor ehrkit's word.
"""

from ehrkit.core.records.book import RECORDS, append_record
from ehrkit.core.records.statement import FileDigest, Run, digest_file
from ehrkit.core.records.verify import Finding, Verdict, read_records, verify_folder

__all__ = [
    "RECORDS",
    "FileDigest",
    "Finding",
    "Run",
    "Verdict",
    "append_record",
    "digest_file",
    "read_records",
    "verify_folder",
]
