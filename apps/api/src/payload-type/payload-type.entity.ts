import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A kind of conditions data: `BeamSpot`, `CEMC_Thresh`. */
@Entity('PayloadType')
export class PayloadType {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: string;

  @Column({ type: 'varchar', length: 80, unique: true })
  name: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  description: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created: Date;
}
