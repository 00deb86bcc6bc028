import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** unlocked (free to edit), locked (append-only), frozen (immutable); others mean nothing to the rules. */
@Entity('GlobalTagStatus')
export class GlobalTagStatus {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: string;

  @Column({ type: 'varchar', length: 80, unique: true })
  name: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  description: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created: Date;
}
