"""Words that a dialect reserves and sqlglot does not quote by itself: names such as `number`.

From the vendors' lists of reserved words: PostgreSQL 17, appendix C; SQLite, "SQLite Keywords";
SQL Server 2022, "Reserved Keywords"; Oracle 19c, "Oracle SQL Reserved Words"; Snowflake,
"Reserved & limited keywords"; Spark 4, "SQL Keywords" (reserved in ANSI mode); BigQuery,
"Reserved keywords"; Redshift, "Reserved words"; Trino, "Reserved keywords".
"""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node

COMMON = """
    all and as check constraint create default distinct else for from full group having in inner
    intersect into is join left like not null on or order right select then to union unique when
    where with
"""
_POSTGRES = """
    analyse analyze any commutator connect hashes merges negator rightarg array asc asymmetric
    authorization binary both case cast collate column concurrently cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user deferrable
    desc do end except false fetch foreign freeze grant ilike initially isnull lateral leading limit
    localtime localtimestamp natural notnull offset only outer overlaps placing primary references
    returning session_user similar some symmetric system_user table tablesample trailing true user
    using variadic verbose window
"""
_SQLITE = """
    abort action add after alter always analyze asc attach autoincrement before begin between by
    cascade case cast collate column commit conflict cross current current_date current_time
    current_timestamp database deferrable deferred delete desc detach do drop each end escape except
    exclude exclusive exists explain fail false filter first following foreign generated glob groups
    if ignore immediate index indexed initially insert instead isnull key last limit match
    materialized natural no nothing notnull nulls of offset others outer over partition plan pragma
    preceding primary query raise range recursive references regexp reindex release rename replace
    restrict returning rollback row rows savepoint set table temp temporary ties transaction trigger
    true unbounded update using vacuum values view virtual window without
"""
_TSQL = """
    add alter any asc authorization backup begin between break browse bulk by cascade case
    checkpoint close clustered coalesce collate column commit compute contains containstable
    continue convert cross current current_date current_time current_timestamp current_user cursor
    database dbcc deallocate declare definition delete deny desc disk distributed double drop dump
    end errlvl escape except exec execute exists exit external fetch file fillfactor foreign
    freetext freetexttable function go goto grant holdlock identity identity_insert identitycol if
    index insert key kill lineno load merge national nocheck nonclustered nullif of off offsets open
    opendatasource openquery openrowset openxml option outer over percent pivot plan precision
    primary print proc procedure public raiserror read readtext reconfigure references replication
    restore restrict return revert revoke rollback rowcount rowguidcol rule save schema
    securityaudit semantickeyphrasetable semanticsimilaritydetailstable semanticsimilaritytable
    session_user set setuser shutdown some statistics system_user table tablesample textsize top
    tran transaction trigger truncate try_convert tsequal unpivot update updatetext use user values
    varying view waitfor while within writetext
"""
_ORACLE = """
    access add alter any asc audit between by case char cluster column column_value comment compress
    connect connect_by_root cross current date decimal definition delete deleting desc disable drop
    enable exclusive execute exists file float force grant identified ignore immediate increment
    index indextype initial insert inserting integer interval invisible level lock logging long loop
    maxextents minus mlslabel mode modify monitoring multiset natural nested_table_id noaudit
    nocompress nologging nomonitoring noreverse nowait number of offline online option outer
    overflow parameters partition pctfree pivot prior private prompt public raw rebuild rename
    resource respect reverse revoke row rowid rownum rows session set share siblings size smallint
    start successful synonym sysdate table trigger uid unpivot unusable update updating user using
    validate values varchar varchar2 view visible whenever
"""
_SNOWFLAKE = """
    account alter any asof bearer bearer_token between by case cast column connect connection cross
    current current_date current_time current_timestamp current_user database declare define delete
    drop elseif exists false following grant gscluster hybrid ilike increment insert insert_only
    issue lateral localtime localtimestamp match_condition match_recognize minus natural null_if of
    organization qualify raise regexp revoke rlike row rows sample schema set some start strict
    table tablesample trigger true try_cast update using values view whenever
"""
_SPARK = """
    any anti authorization both case cast collate column cross current_date current_time
    current_timestamp current_user end escape except exists false fetch filter foreign grant
    interval lateral leading minus natural only outer overlaps primary references semi session_user
    some table trailing true unknown user using
"""
_BIGQUERY = "aggregate clone corresponding extend include pivot primary unpivot"
_REDSHIFT = """
    append comprows compupdate datetime delimiters encrypt explicit_ids fillrecord ignoreblanklines
    ignoreheader runlength within
"""
_TRINO = """
    cube current_catalog current_date current_path current_role current_schema current_user function
    grouping json_array json_exists json_object json_query json_table json_value listagg localtime
    localtimestamp normalize recursive rollup skip trim uescape unnest
"""
_DUCKDB = "commutator connect current_schema hashes merges negator recursive rightarg"
RESERVED = {
    name: frozenset(f"{COMMON} {words}".split())
    for name, words in {
        "postgres": _POSTGRES,
        "sqlite": _SQLITE,
        "tsql": _TSQL,
        "oracle": _ORACLE,
        "snowflake": _SNOWFLAKE,
        "spark": _SPARK,
        "databricks": _SPARK,
        "bigquery": _BIGQUERY,
        "redshift": _REDSHIFT,
        "trino": _TRINO,
        "duckdb": _DUCKDB,
        "mysql": "current_role offset returning rollup",
    }.items()
}


def quote_reserved(tree: Node, dialect: str) -> None:
    """Quote every name that the dialect reserves, wherever it stands."""
    words = RESERVED[dialect]
    for identifier in tree.find_all(exp.Identifier):
        if identifier.name.lower() in words:
            identifier.set("quoted", True)
