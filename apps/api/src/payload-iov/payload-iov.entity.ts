import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { PayloadList } from '../payload-list/payload-list.entity.js';

/**
 * One payload and its interval of validity. int8 columns are decimal text here, as TypeORM hands
 * them out; the rules work on bigint (`#iov`) and write this table by statements of their own.
 */
@Entity('PayloadIOV')
export class PayloadIov {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: string;

  @Column({ name: 'payload_url', type: 'varchar', length: 255 })
  payloadUrl: string;

  @Column({ type: 'varchar', length: 255 })
  checksum: string;

  /** Bytes. */
  @Column({ type: 'bigint', nullable: true })
  size: string | null;

  @Column({ name: 'major_iov', type: 'bigint' })
  majorIov: string;

  @Column({ name: 'minor_iov', type: 'bigint' })
  minorIov: string;

  @Column({ name: 'major_iov_end', type: 'bigint' })
  majorIovEnd: string;

  @Column({ name: 'minor_iov_end', type: 'bigint' })
  minorIovEnd: string;

  /** Shown as `revision`. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  extra: string | null;

  /** major + minor/10^19: kept exact for the reference, never read here. */
  @Column({ name: 'comb_iov', type: 'numeric', precision: 38, scale: 19, nullable: true })
  combIov: string | null;

  @ManyToOne(() => PayloadList, { nullable: true })
  @JoinColumn({ name: 'payload_list_id' })
  payloadList: PayloadList | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated: Date;
}
