-- Answers under their keys, countersigns used, and the audit leaves.

create table answer (
    city text not null,
    key uuid not null,
    fingerprint bytea not null,
    status smallint not null,
    body bytea not null,
    at timestamptz not null,
    primary key (key, city)
);
comment on column answer.key is 'digest of city, caller and key: 16 bytes';
comment on table answer is 'what was answered under an idempotency key: written once, in the transaction of what it tells, replayed for ever';

create table countersign_use (
    city text not null,
    token uuid not null,
    used_at timestamptz not null,
    primary key (token, city)
);
comment on table countersign_use is 'a countersign signs one request, once';

create table leaf (
    city text not null,
    id uuid not null,
    at timestamptz not null,
    bytes bytea not null,
    primary key (id, city)
);
comment on table leaf is 'audit leaves: the exact bytes that the log commits to';

create table pending_leaf (
    city text not null,
    id uuid not null,
    primary key (id, city)
);
comment on table pending_leaf is 'leaves that have no number in the log yet';
