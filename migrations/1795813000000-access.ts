/*
 * Accounts, what they sign in with, their sessions and tokens, and the record of who did what.
 *
 * Neither a session's nor a token's value is here, nor that of a link: only its hash. The record can be added to, and not changed.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table account (
  id                   bigint generated always as identity,
  login                text not null,
  name                 text not null,
  role                 text not null,
  owners               jsonb not null default '[]',
  password_hash        text,
  password_changed_at  timestamptz,
  totp                 jsonb,
  totp_step            bigint,
  recovery_hashes      jsonb not null default '[]',
  subject              text,
  made_at              timestamptz not null,
  made_by              text not null,
  signed_in_at         timestamptz,
  disabled_at          timestamptz,
  version              integer not null default 1,
  constraint account_pk primary key (id),
  constraint account_login_uq unique (login),
  constraint account_subject_uq unique (subject),
  constraint account_role_ck check (role in ('viewer', 'owner', 'auditor', 'operator', 'administrator'))
);

create table session (
  hash        text not null,
  account_id  bigint not null,
  made_at     timestamptz not null,
  seen_at     timestamptz not null,
  ends_at     timestamptz not null,
  address     text not null,
  agent       text not null,
  constraint session_pk primary key (hash),
  constraint session_account_fk foreign key (account_id) references account (id) on delete cascade
);
create index session_account_ix on session (account_id);
create index session_ends_ix on session (ends_at);

create table api_token (
  id          bigint generated always as identity,
  hash        text not null,
  hint        text not null,
  name        text not null,
  account_id  bigint not null,
  scopes      jsonb,
  made_at     timestamptz not null,
  ends_at     timestamptz not null,
  used_at     timestamptz,
  revoked_at  timestamptz,
  constraint api_token_pk primary key (id),
  constraint api_token_hash_uq unique (hash),
  constraint api_token_account_fk foreign key (account_id) references account (id) on delete cascade
);
create index api_token_account_ix on api_token (account_id);

create table access_link (
  hash        text not null,
  purpose     text not null,
  account_id  bigint,
  made_at     timestamptz not null,
  ends_at     timestamptz not null,
  constraint access_link_purpose_ck check (purpose in ('set-up', 'password', 'second-step')),
  constraint access_link_pk primary key (hash),
  constraint access_link_account_fk foreign key (account_id) references account (id) on delete cascade
);
create index access_link_account_ix on access_link (account_id);

create table sign_in_strike (
  what      text not null,
  failures  integer not null,
  last_at   timestamptz not null,
  constraint sign_in_strike_pk primary key (what)
);

create table audit_log (
  id          bigint generated always as identity,
  at          timestamptz not null,
  actor       text not null,
  account_id  bigint,
  address     text,
  action      text not null,
  subject     text,
  outcome     text not null,
  constraint audit_log_pk primary key (id)
);
create index audit_log_actor_ix on audit_log (actor, id);

create trigger audit_log_append_only before update or delete on audit_log
  for each row execute function refuse_change();
create trigger audit_log_kept before truncate on audit_log
  for each statement execute function refuse_change();
`;

const DOWN = `
drop table audit_log;
drop table sign_in_strike, access_link, api_token, session, account;
`;

export class Access1795813000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
