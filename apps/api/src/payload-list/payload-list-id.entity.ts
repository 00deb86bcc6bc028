import { Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One row for each id ever given to a payload list. */
@Entity('PayloadListIdSequence')
export class PayloadListId {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: string;
}
