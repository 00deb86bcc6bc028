import { JsonText, writeJson } from './int64-json.js';

/** A page as the native API writes it. */
export function pageAnswer(
  { items, total }: { items: JsonText; total: number },
  { page, page_size }: { page: number; page_size: number },
): JsonText {
  return new JsonText(`{"items":${items.text},${writeJson({ total, page, page_size }).slice(1)}`);
}
