/*
 * Accounts and what they sign in with. Of sessions, tokens and links only hashes are kept: whoever reads the database can't be
 * anybody by it.
 */
import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import type { Permission, Role } from '../domain/access.js';

/** As vault.ts seals it, in base64. */
export interface SealedValue {
  readonly cipher: string;
  readonly keyId: string;
  readonly id: string;
}

@Entity('account')
@Unique('account_login_uq', ['login'])
@Unique('account_subject_uq', ['subject'])
@Check('account_role_ck', `role in ('viewer', 'owner', 'auditor', 'operator', 'administrator')`)
export class AccountRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'account_pk',
  })
  id!: string;

  /** What is typed in, in lower case. */
  @Column('text')
  login!: string;

  /** As others see it. */
  @Column('text')
  name!: string;

  @Column('text')
  role!: Role;

  /** Ids of owners in the inventory; for an owner's account all that it sees. */
  @Column({ type: 'jsonb', default: [] })
  owners!: string[];

  /** argon2id; null where they sign in elsewhere, or have not chosen one yet. */
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash!: string | null;

  @Column({ name: 'password_changed_at', type: 'timestamptz', nullable: true })
  passwordChangedAt!: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  totp!: SealedValue | null;

  /** The last one that was taken: none is taken twice (RFC 6238, §5.2). */
  @Column({ name: 'totp_step', type: 'bigint', nullable: true })
  totpStep!: string | null;

  @Column({ name: 'recovery_hashes', type: 'jsonb', default: [] })
  recoveryHashes!: string[];

  /** Issuer and subject at the identity provider. */
  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'made_by', type: 'text' })
  madeBy!: string;

  @Column({ name: 'signed_in_at', type: 'timestamptz', nullable: true })
  signedInAt!: Date | null;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  /** Of what an administrator changes. */
  @Column({ type: 'integer', default: 1 })
  version!: number;
}

/** Of an account without a second factor. */
export const NO_FACTOR = { totp: null, totpStep: null, recoveryHashes: [] as string[] };

@Entity('session')
@Index('session_account_ix', ['accountId'])
@Index('session_ends_ix', ['endsAt'])
export class SessionRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'session_pk' })
  hash!: string;

  @Column({ name: 'account_id', type: 'bigint' })
  accountId!: string;

  @ManyToOne(() => AccountRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'session_account_fk' })
  account?: AccountRow;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'seen_at', type: 'timestamptz' })
  seenAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date;

  @Column('text')
  address!: string;

  @Column('text')
  agent!: string;

  /** What the identity provider said, where they came by it. */
  @Column({ name: 'id_token', type: 'jsonb', nullable: true })
  idToken!: SealedValue | null;
}

/** What the provider is to be told of somebody who has just left. */
@Entity('farewell')
@Index('farewell_ends_ix', ['endsAt'])
export class FarewellRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'farewell_pk' })
  hash!: string;

  @Column({ name: 'id_token', type: 'jsonb' })
  idToken!: SealedValue;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date;
}

@Entity('api_token')
@Unique('api_token_hash_uq', ['hash'])
@Index('api_token_account_ix', ['accountId'])
export class ApiTokenRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'api_token_pk',
  })
  id!: string;

  @Column('text')
  hash!: string;

  /** Its first characters, to tell it from others. */
  @Column('text')
  hint!: string;

  @Column('text')
  name!: string;

  @Column({ name: 'account_id', type: 'bigint' })
  accountId!: string;

  @ManyToOne(() => AccountRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'api_token_account_fk' })
  account?: AccountRow;

  /** Null for all that the account may. */
  @Column({ type: 'jsonb', nullable: true })
  scopes!: Permission[] | null;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date;

  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}

/** What a link is for: to make the first account, to choose a password, to give the second factor. */
export type LinkPurpose = 'set-up' | 'password' | 'second-step';

/** A way in that works once. */
@Entity('access_link')
@Index('access_link_account_ix', ['accountId'])
@Check('access_link_purpose_ck', `purpose in ('set-up', 'password', 'second-step')`)
export class AccessLinkRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'access_link_pk' })
  hash!: string;

  @Column('text')
  purpose!: LinkPurpose;

  /** Null for the first administrator, who is not there yet. */
  @Column({ name: 'account_id', type: 'bigint', nullable: true })
  accountId!: string | null;

  @ManyToOne(() => AccountRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'access_link_account_fk' })
  account?: AccountRow;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date;
}

/** Failures to sign in, of an account's login or from an address. */
@Entity('sign_in_strike')
export class StrikeRow {
  /** `account ada`, `address 198.51.100.7` */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sign_in_strike_pk' })
  what!: string;

  @Column('integer')
  failures!: number;

  @Column({ name: 'last_at', type: 'timestamptz' })
  lastAt!: Date;
}

/** What a browser or a key signs in with (WebAuthn): its public half. */
@Entity('passkey')
@Unique('passkey_credential_uq', ['credential'])
@Index('passkey_account_ix', ['accountId'])
export class PasskeyRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'passkey_pk',
  })
  id!: string;

  /** Its own name for itself, in base64url. */
  @Column('text')
  credential!: string;

  @Column({ name: 'account_id', type: 'bigint' })
  accountId!: string;

  @ManyToOne(() => AccountRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'passkey_account_fk' })
  account?: AccountRow;

  /** COSE, in base64url. */
  @Column({ name: 'public_key', type: 'text' })
  publicKey!: string;

  /** How often it says that it has signed; one that goes back was copied. */
  @Column('bigint')
  counter!: string;

  @Column({ type: 'jsonb', default: [] })
  transports!: string[];

  @Column('text')
  name!: string;

  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt!: Date | null;
}

/** A challenge that was answered, until it would be over anyway. */
@Entity('spent_challenge')
@Index('spent_challenge_ends_ix', ['endsAt'])
export class SpentChallengeRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'spent_challenge_pk' })
  hash!: string;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date;
}
