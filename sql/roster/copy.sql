-- People of an import, as text.
copy roster_staging from stdin
