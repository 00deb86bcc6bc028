type Part = string | number | bigint;

/** A path below `/api/v1` with what is put into it escaped: ``path`global-tags/${name}` ``. */
export function path(fixed: TemplateStringsArray, ...parts: Part[]): string {
  return String.raw({ raw: fixed }, ...parts.map((part) => encodeURIComponent(String(part))));
}

/** `?name=value&…` of those that have a value; nothing if none has. */
export function query(values: Record<string, Part | boolean | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}
