import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { GlobalTagStatus } from '../global-tag-status/global-tag-status.entity.js';

/** A named, consistent set of conditions for one processing campaign. */
@Entity('GlobalTag')
export class GlobalTag {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: string;

  @Column({ type: 'varchar', length: 80, unique: true })
  name: string;

  @Column({ type: 'varchar', length: 80, nullable: true })
  author: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  description: string | null;

  @ManyToOne(() => GlobalTagStatus, { nullable: false })
  @JoinColumn({ name: 'status_id' })
  status: GlobalTagStatus;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated: Date;
}
