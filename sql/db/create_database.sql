-- The database of a private cluster. Template 0, so that nothing of the machine's habits comes in.
create database jiujinan template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'
