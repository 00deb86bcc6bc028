import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { GlobalTag } from '../global-tag/global-tag.entity.js';
import { PayloadType } from '../payload-type/payload-type.entity.js';

/** The payloads of one type in one global tag, or in none while it is detached. */
@Entity('PayloadList')
export class PayloadList {
  /** From {@link PayloadListId}. */
  @PrimaryColumn({ type: 'bigint' })
  id: string;

  /** `<type>_<id>` */
  @Column({ type: 'varchar', length: 255, unique: true })
  name: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  description: string | null;

  @ManyToOne(() => GlobalTag, { nullable: true })
  @JoinColumn({ name: 'global_tag_id' })
  globalTag: GlobalTag | null;

  @ManyToOne(() => PayloadType, { nullable: false })
  @JoinColumn({ name: 'payload_type_id' })
  payloadType: PayloadType;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated: Date;
}
