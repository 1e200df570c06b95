-- Lines of an import, as text.
copy statement_staging from stdin
