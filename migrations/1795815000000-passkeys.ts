/*
 * Passkeys, the challenges that were answered, so that none is answered twice; and of an entry of the record what it is the end of: a
 * deed is written down before it is done, and how it ended after.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table passkey (
  id          bigint generated always as identity,
  credential  text not null,
  account_id  bigint not null,
  public_key  text not null,
  counter     bigint not null,
  transports  jsonb not null default '[]',
  name        text not null,
  made_at     timestamptz not null,
  used_at     timestamptz,
  constraint passkey_pk primary key (id),
  constraint passkey_credential_uq unique (credential),
  constraint passkey_account_fk foreign key (account_id) references account (id) on delete cascade
);
create index passkey_account_ix on passkey (account_id);

create table spent_challenge (
  hash     text not null,
  ends_at  timestamptz not null,
  constraint spent_challenge_pk primary key (hash)
);
create index spent_challenge_ends_ix on spent_challenge (ends_at);

alter table audit_log add column intent_id bigint;
create index audit_log_intent_ix on audit_log (intent_id) where intent_id is not null;
`;

const DOWN = `
drop index audit_log_intent_ix;
alter table audit_log drop column intent_id;
drop table spent_challenge, passkey;
`;

export class Passkeys1795815000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
