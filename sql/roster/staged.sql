-- After the last of them: the merge looks people up, and must know how many there are.
create index on roster_staging (person);
analyze roster_staging
