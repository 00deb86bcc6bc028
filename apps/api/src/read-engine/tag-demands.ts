/** A tag is wanted when it is asked for twice within this time. */
const DEMAND_MS = 60_000;
/** Names asked for of late, at most. */
const MAX_DEMANDS = 10_000;

/** Which tags are asked for often enough to be loaded. */
export class TagDemands {
  private readonly asked = new Map<string, number>();
  private readonly notBefore = new Map<string, number>();

  /** Notes that it was asked for; whether that makes it wanted. */
  note(name: string): boolean {
    const now = Date.now();
    if ((this.notBefore.get(name) ?? 0) > now) return false;
    const before = this.asked.get(name);
    if (this.asked.size >= MAX_DEMANDS) this.asked.clear();
    this.asked.set(name, now);
    return before !== undefined && now - before < DEMAND_MS;
  }

  /** Nobody wants it for some time. */
  putOff(name: string, milliseconds: number): void {
    this.notBefore.set(name, Date.now() + milliseconds);
  }
}
